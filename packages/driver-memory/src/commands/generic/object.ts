import { failure } from '../../engine/errors.js';
import type { Reply } from '../../engine/reply.js';
import type { ServerProfile } from '../../engine/server-profile.js';
import type { Session } from '../../engine/session.js';
import type { KeyEntry } from '../../engine/value.js';
import type { FieldHash } from '../../structures/hash-table/field-hash.js';
import type { ChunkedList } from '../../structures/list/chunked-list.js';
import { parseInteger } from '../../structures/numbers/integer.js';
import type { CommandFamily } from '../command-family.js';

const later =
  'Please note that when switching between policies at runtime LRU and LFU data will take some time to adjust.';
const noFrequency = failure(
  `An LFU maxmemory policy is not selected, access frequency not tracked. ${later}`,
);
const noIdleTime = failure(`An LFU maxmemory policy is selected, idle time not tracked. ${later}`);
const longestEmbedded = 44;
const sharedReferences = 2 ** 31 - 1;

const listpackBytes = 8192;
const listpackHeadAndEnd = 7;
const perItem = 2;

/** Whether a list is small enough to be one listpack (`list-max-listpack-size` -2). */
function fitsListpack(list: ChunkedList): boolean {
  if (list.size > listpackBytes / perItem) return false;
  const items = list.range(0, list.size - 1);
  return items.reduce((sum, item) => sum + item.length + perItem, listpackHeadAndEnd) <= listpackBytes;
}

/** What OBJECT ENCODING says: the encoding a Redis with the same thresholds would use. */
function encodingOf(entry: KeyEntry, { product, isLater }: ServerProfile): string {
  const { value, grown } = entry;
  switch (entry.kind) {
    case 'string':
      if (typeof value !== 'string' || grown === true) return 'raw';
      if (!grown && parseInteger(value) !== undefined) return 'int';
      return value.length <= longestEmbedded ? 'embstr' : 'raw';
    case 'list':
      return isLater && fitsListpack(value as ChunkedList) ? 'listpack' : 'quicklist';
    case 'hash':
      if (grown) return 'hashtable';
      if (!(value as FieldHash).hasHadDeadlines) return 'listpack';
      return product === 'valkey' ? 'hashtable' : 'listpackex';
    case 'set':
      if (grown === 'listpack') return grown;
      return grown ? 'hashtable' : 'intset';
    case 'zset':
      return grown ? 'skiplist' : 'listpack';
    case 'stream':
      return 'stream';
  }
}

/** Small integers are shared by all keys of a server, which shows. */
function refcount(session: Session, args: readonly string[]): Reply {
  const entry = session.db.peek(args[2] as string);
  if (entry === undefined) return null;
  const { kind, value, grown } = entry;
  const isShared =
    kind === 'string' && !grown && typeof value === 'string' && /^(0|[1-9]\d{0,3})$/.test(value);
  return isShared ? sharedReferences : 1;
}

function idletime(session: Session, args: readonly string[]): Reply {
  const entry = session.db.peek(args[2] as string);
  if (entry === undefined) return null;
  if (session.engine.config.maxMemoryPolicy.includes('lfu')) throw noIdleTime;
  return Math.max(0, session.engine.seconds - entry.accessedAt);
}

function freq(session: Session, args: readonly string[]): Reply {
  if (session.db.peek(args[2] as string) === undefined) return null;
  if (!session.engine.config.maxMemoryPolicy.includes('lfu')) throw noFrequency;
  return 0;
}

/** OBJECT. Frequencies are not counted: always 0. */
export const objectCommands: CommandFamily = {
  'object|encoding': (session, args) => {
    const entry = session.db.peek(args[2] as string);
    return entry === undefined ? null : encodingOf(entry, session.engine.profile);
  },
  'object|refcount': refcount,
  'object|idletime': idletime,
  'object|freq': freq,
};
