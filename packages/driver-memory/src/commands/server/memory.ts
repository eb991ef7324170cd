import { integer, isOption } from '../../engine/arguments.js';
import { syntaxError } from '../../engine/errors.js';
import type { Reply } from '../../engine/reply.js';
import type { Session } from '../../engine/session.js';
import type { KeyEntry } from '../../engine/value.js';
import type { FieldHash } from '../../structures/hash-table/field-hash.js';
import type { KeySet } from '../../structures/hash-table/key-set.js';
import type { ChunkedList } from '../../structures/list/chunked-list.js';
import type { SortedSet } from '../../structures/sorted-set/sorted-set.js';
import type { Stream } from '../../structures/stream/stream.js';
import type { CommandFamily } from '../command-family.js';

const perKey = 64;
const perItem = 16;
const samplesTaken = 64;

/** A guess at the bytes a key takes: its texts and a constant for each item, large collections by a sample. */
function bytesOf(key: string, entry: KeyEntry): number {
  return perKey + key.length + valueBytes(entry);
}

function valueBytes(entry: KeyEntry): number {
  switch (entry.kind) {
    case 'string':
      return perItem + (entry.value as string).length;
    case 'list': {
      const list = entry.value as ChunkedList;
      return scaled(list.range(0, samplesTaken - 1), list.size);
    }
    case 'hash': {
      const hash = entry.value as FieldHash;
      const texts: string[] = [];
      for (let i = 0; i < Math.min(hash.size, samplesTaken); i++) texts.push(hash.keyAt(i) + hash.valueAt(i));
      return scaled(texts, hash.size) + perItem * hash.size;
    }
    case 'set': {
      const set = entry.value as KeySet;
      const texts: string[] = [];
      for (let i = 0; i < Math.min(set.size, samplesTaken); i++) texts.push(set.keyAt(i));
      return scaled(texts, set.size);
    }
    case 'zset': {
      const set = entry.value as SortedSet;
      const texts = set.slice({ from: 0, to: samplesTaken }).map(({ member }) => member);
      return scaled(texts, set.size) + perItem * set.size;
    }
    case 'stream':
      return (entry.value as Stream).log.nodes.reduce((sum, node) => sum + node.bytes, 0);
  }
}

function scaled(sample: readonly string[], size: number): number {
  if (sample.length === 0) return 0;
  const bytes = sample.reduce((sum, text) => sum + text.length + perItem, 0);
  return Math.ceil((bytes / sample.length) * size);
}

function usage(session: Session, args: readonly string[]): Reply {
  if (args.length === 5 && isOption(args[3], 'SAMPLES')) integer(args[4] as string);
  else if (args.length !== 3) throw syntaxError;
  const key = args[2] as string;
  const entry = session.db.peek(key);
  return entry === undefined ? null : bytesOf(key, entry);
}

/** MEMORY USAGE. */
export const memoryCommands: CommandFamily = { 'memory|usage': usage };
