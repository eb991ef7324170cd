import type { FieldHash } from '../structures/hash-table/field-hash.js';
import type { KeySet } from '../structures/hash-table/key-set.js';
import type { ChunkedList } from '../structures/list/chunked-list.js';
import type { SortedSet } from '../structures/sorted-set/sorted-set.js';
import type { Stream } from '../structures/stream/stream.js';
import type { MutableBytes } from './mutable-bytes.js';

/** What TYPE says. */
export type Kind = 'string' | 'list' | 'hash' | 'set' | 'zset' | 'stream';

/** What a key of each kind holds. A string that is written to in places (SETBIT, SETRANGE) is kept as mutable bytes. */
export interface KindValues {
  string: string | MutableBytes;
  list: ChunkedList;
  hash: FieldHash;
  set: KeySet;
  zset: SortedSet;
  stream: Stream;
}

export type Value = KindValues[Kind];

/** One key of a database. Mutated in place; an overwritten key keeps its entry. */
export class KeyEntry {
  value: Value;
  kind: Kind;
  /** Seconds of the engine's time at the last access, for OBJECT IDLETIME. */
  accessedAt: number;
  /** Milliseconds since 1970 after which the key is gone; undefined: it stays. */
  expiresAt: number | undefined = undefined;
  /**
   * Left the compact encoding (listpack, intset, embstr), which never comes back. `'embstr'`: a string that is not kept as
   * an integer although it reads as one. `'listpack'`: a small set that is not of integers alone (Redis 7.2).
   */
  grown: boolean | 'embstr' | 'listpack' = false;

  constructor(value: Value, kind: Kind, accessedAt: number) {
    this.value = value;
    this.kind = kind;
    this.accessedAt = accessedAt;
  }
}
