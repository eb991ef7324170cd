import {
  type Command,
  defineScript,
  fragments,
  integerReply,
  nullableBytesReply,
  nullableStringReply,
  type Reply,
  refuse,
  type ScriptCall,
} from '@penknife/core';
import type { InvalidationRecord } from '../invalidation/record.js';
import type { Place } from '../keys.js';
import abandonLua from '../scripts/abandon.lua';
import claimLua from '../scripts/claim.lua';
import enterLua from '../scripts/enter.lua';
import fillLua from '../scripts/fill.lua';
import leaseLua from '../scripts/lease.lua';
import overruleLua from '../scripts/overrule.lua';
import unstoredLua from '../scripts/unstored.lua';

/** What the server says to a reader who found nothing fresh. */
export type Entrance =
  | { readonly kind: 'changed' }
  /** `written`: the entry of a write that is not stored yet, and serves instead of a load. */
  | { readonly kind: 'lease'; readonly written: Uint8Array | undefined }
  | { readonly kind: 'loading'; readonly leftMs: number }
  | { readonly kind: 'failed'; readonly leftMs: number; readonly failure: string };

// Every script may run twice: a lease knows its token, a dead lease refuses, and a second invalidation only invalidates again.
const enterScript: ScriptCall<Entrance, 3, 8> = defineScript({
  name: 'cache/enter',
  lua: enterLua,
  fragments: [fragments.nowMs, leaseLua, unstoredLua],
  keys: 3,
  args: 8,
  repeatable: true,
  bytes: true,
  read: readEntrance,
});

const fillScript: ScriptCall<boolean, 2, 3> = defineScript({
  name: 'cache/fill',
  lua: fillLua,
  fragments: [leaseLua],
  keys: 2,
  args: 3,
  repeatable: true,
  read: (reply) => integerReply('cache/fill')(reply) === 1,
});

const abandonScript: ScriptCall<boolean, 1, 4> = defineScript({
  name: 'cache/abandon',
  lua: abandonLua,
  fragments: [fragments.nowMs, leaseLua],
  keys: 1,
  args: 4,
  repeatable: true,
  read: (reply) => integerReply('cache/abandon')(reply) === 1,
});

const overruleScript: ScriptCall<boolean, 2, 3> = defineScript({
  name: 'cache/overrule',
  lua: overruleLua,
  fragments: [leaseLua],
  keys: 2,
  args: 3,
  read: (reply) => integerReply('cache/overrule')(reply) === 1,
});

const claimScript: ScriptCall<boolean, 2, 4> = defineScript({
  name: 'cache/claim',
  lua: claimLua,
  fragments: [leaseLua],
  keys: 2,
  args: 4,
  repeatable: true,
  read: (reply) => integerReply('cache/claim')(reply) === 1,
});

const mostWaiters = 128;

/** The bytes at a key. */
export function readBytes(key: string): Command<Uint8Array | null> {
  return { args: ['GET', key], key, repeatable: true, bytes: true, read: nullableBytesReply('GET') };
}

/** The text at a key. */
export function readText(key: string): Command<string | null> {
  return { args: ['GET', key], key, repeatable: true, read: nullableStringReply('GET') };
}

/** How long a key has left, in ms; below 0: it is not there. */
export function readLeft(key: string): Command<number> {
  return { args: ['PTTL', key], key, repeatable: true, read: integerReply('PTTL') };
}

/**
 * Asks for the lease to load one key. `record`: as it was read, its position stamps what is loaded now; a lease granted below
 * `floor` is void, something invalidated it since.
 */
export function enter(
  { entry, lease, unstored }: Place,
  seen: Uint8Array | string,
  { origin, position }: InvalidationRecord,
  floor: number,
  token: string,
  leaseMs: number,
  channel: string,
): Command<Entrance> {
  return enterScript(
    [entry, lease, unstored],
    [seen, origin, position, floor, token, leaseMs, channel, mostWaiters],
  );
}

/** Stores what was loaded under a lease. False: the lease is dead. */
export function fill(
  { entry, lease }: Place,
  token: string,
  bytes: Uint8Array,
  lifeMs: number,
): Command<boolean> {
  return fillScript([entry, lease], [token, bytes, lifeMs]);
}

/** Removes an entry and takes its lease for a writer. False: another one is writing, and neither may store. */
export function claim(
  { entry, lease }: Place,
  { origin, position }: { readonly origin: string; readonly position: number },
  token: string,
  leaseMs: number,
): Command<boolean> {
  return claimScript([entry, lease], [origin, position, token, leaseMs]);
}

/** A loader's failure as it is to be remembered: `firstMs` after the first in a row, twice as long with each, at most `mostMs`. */
export interface RememberedFailure {
  readonly firstMs: number;
  readonly mostMs: number;
  readonly what: string;
}

/** Gives a lease up, remembering a failure for a while. False: it was dead. */
export function abandon({ lease }: Place, token: string, failure?: RememberedFailure): Command<boolean> {
  const { firstMs, mostMs, what } = failure ?? { firstMs: 0, mostMs: 0, what: '' };
  return abandonScript([lease], [token, firstMs, mostMs, what]);
}

/** Removes or expires an entry and ends its lease. True when there was one. */
export function overrule({ entry, lease }: Place, act: 'remove' | 'expire'): Command<boolean> {
  return { ...overruleScript([entry, lease], [act, '', 0]), repeatable: true };
}

/** Replaces an entry and ends its lease. Not repeated by itself: it could undo what somebody wrote in between. */
export function overwrite({ entry, lease }: Place, bytes: Uint8Array, lifeMs: number): Command<boolean> {
  return overruleScript([entry, lease], ['set', bytes, lifeMs]);
}

function readEntrance(reply: Reply): Entrance {
  const name = 'cache/enter';
  if (!Array.isArray(reply)) return refuse(name, 'an array', reply);
  const [first, second, failure] = reply as readonly Reply[];
  const kind = textOf(name, first);
  if (kind === 'changed') return { kind };
  if (kind === 'lease') return { kind, written: second === undefined ? undefined : bytesOf(name, second) };
  const leftMs = integerReply(name)(second ?? null);
  if (kind === 'loading') return { kind, leftMs };
  if (kind === 'failed') return { kind, leftMs, failure: textOf(name, failure) };
  return refuse(name, 'one of its four answers', kind);
}

function textOf(name: string, reply: Reply | undefined): string {
  const { buffer, byteOffset, byteLength } = bytesOf(name, reply);
  return Buffer.from(buffer, byteOffset, byteLength).toString('utf8');
}

function bytesOf(name: string, reply: Reply | undefined): Uint8Array {
  return nullableBytesReply(name)(reply ?? null) ?? refuse(name, 'bytes', null);
}
