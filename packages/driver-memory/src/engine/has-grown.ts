import type { HashTable } from '../structures/hash-table/hash-table.js';
import type { KeySet } from '../structures/hash-table/key-set.js';
import { parseInteger } from '../structures/numbers/integer.js';
import type { SortedSet } from '../structures/sorted-set/sorted-set.js';
import type { Kind, Value } from './value.js';

/** Up to where collections keep their compact encoding, by CONFIG. */
export interface CompactLimits {
  readonly hashMaxEntries: number;
  readonly hashMaxValue: number;
  readonly setMaxIntegers: number;
  readonly zsetMaxEntries: number;
  readonly zsetMaxValue: number;
}

/** Whether a value that is stored whole (RESTORE, SUNIONSTORE) is beyond the compact encoding of its kind. */
export function hasGrown(kind: Kind, value: Value, limits: CompactLimits): boolean {
  let grown = false;
  if (kind === 'set') {
    const set = value as KeySet;
    if (set.size > limits.setMaxIntegers) return true;
    for (let index = 0; index < set.size && !grown; index++) {
      grown = parseInteger(set.keyAt(index)) === undefined;
    }
  } else if (kind === 'hash') {
    const hash = value as HashTable<string>;
    if (hash.size > limits.hashMaxEntries) return true;
    hash.forEach((text, field) => {
      grown ||= Math.max(text.length, field.length) > limits.hashMaxValue;
    });
  } else if (kind === 'zset') {
    const set = value as SortedSet;
    if (set.size > limits.zsetMaxEntries) return true;
    set.forEach((member) => {
      grown ||= member.length > limits.zsetMaxValue;
    });
  }
  return grown;
}
