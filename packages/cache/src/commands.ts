import {
  arrayReply,
  type Command,
  defineScript,
  fragments,
  integerReply,
  nullableBytesReply,
  nullableStringReply,
  type Reply,
  refuse,
  type ScriptCall,
  stringReply,
} from '@penknife/core';
import type { Place, Places } from './keys.js';
import abandonLua from './scripts/abandon.lua';
import announceLua from './scripts/announce.lua';
import catchUpLua from './scripts/catch-up.lua';
import enterLua from './scripts/enter.lua';
import fillLua from './scripts/fill.lua';
import leaseLua from './scripts/lease.lua';
import overruleLua from './scripts/overrule.lua';
import recordLua from './scripts/record.lua';

/** What the server says to a reader who found nothing fresh. */
export type Entrance =
  | { readonly kind: 'changed' }
  | { readonly kind: 'lease' }
  | { readonly kind: 'loading'; readonly leftMs: number }
  | { readonly kind: 'failed'; readonly leftMs: number; readonly failure: string };

/** What was invalidated since a position. */
export interface CatchUp {
  readonly serverMs: number;
  readonly record: string;
  /** False: the log cannot tell; drop everything. */
  readonly complete: boolean;
  readonly invalidations: readonly { readonly kind: string; readonly id: string }[];
}

// Every script may run twice: a lease knows its token, a dead lease refuses, and a second invalidation only invalidates again.
const enterScript: ScriptCall<Entrance, 2, 8> = defineScript({
  name: 'cache/enter',
  lua: enterLua,
  fragments: [leaseLua],
  keys: 2,
  args: 8,
  repeatable: true,
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

const abandonScript: ScriptCall<boolean, 1, 3> = defineScript({
  name: 'cache/abandon',
  lua: abandonLua,
  fragments: [leaseLua],
  keys: 1,
  args: 3,
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

const announceScript: ScriptCall<string, 2, 6> = defineScript({
  name: 'cache/announce',
  lua: announceLua,
  fragments: [recordLua],
  keys: 2,
  args: 6,
  repeatable: true,
  read: stringReply('cache/announce'),
});

const catchUpScript: ScriptCall<CatchUp, 2, 4> = defineScript({
  name: 'cache/catch-up',
  lua: catchUpLua,
  fragments: [fragments.nowMs, recordLua],
  keys: 2,
  args: 4,
  repeatable: true,
  read: readCatchUp,
});

const logLifeMs = 3_600_000;
const mostWaiters = 128;

/** The record and an entry in one command: they lie in different slots, so not on a cluster. */
export function readBoth(record: string, entry: string): Command<(Uint8Array | null)[]> {
  const read = arrayReply('MGET', nullableBytesReply('MGET'));
  return { args: ['MGET', record, entry], key: entry, repeatable: true, bytes: true, read };
}

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

/** Asks for the lease to load one key. */
export function enter(
  { entry, lease }: Place,
  seen: Uint8Array | string,
  record: { readonly origin: string; readonly position: number; readonly expireFloor: number },
  token: string,
  leaseMs: number,
  channel: string,
): Command<Entrance> {
  const { origin, position, expireFloor } = record;
  return enterScript(
    [entry, lease],
    [seen, origin, position, expireFloor, token, leaseMs, channel, mostWaiters],
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

/** Gives a lease up, remembering a failure for a while. False: it was dead. */
export function abandon(
  { lease }: Place,
  token: string,
  errorTtlMs: number,
  failure: string,
): Command<boolean> {
  return abandonScript([lease], [token, errorTtlMs, failure]);
}

/** Removes or expires an entry and ends its lease. True when there was one. */
export function overrule({ entry, lease }: Place, act: 'remove' | 'expire'): Command<boolean> {
  return { ...overruleScript([entry, lease], [act, '', 0]), repeatable: true };
}

/** Replaces an entry and ends its lease. Not repeated by itself: it could undo what somebody wrote in between. */
export function overwrite({ entry, lease }: Place, bytes: Uint8Array, lifeMs: number): Command<boolean> {
  return overruleScript([entry, lease], ['set', bytes, lifeMs]);
}

/** Enters an invalidation into the log and tells everybody. Gives the record. */
export function announce(
  places: Places,
  kind: 'key' | 'clear' | 'expire',
  id: string,
  origin: string,
  logLength: number,
): Command<string> {
  const { record, log, news } = places;
  return announceScript([record, log], [origin, kind, id, logLength, logLifeMs, news]);
}

/** What was invalidated since a position of an origin. */
export function catchUp(
  places: Places,
  newOrigin: string,
  origin: string | undefined,
  position: number,
  limit: number,
): Command<CatchUp> {
  return catchUpScript([places.record, places.log], [newOrigin, origin ?? '-', position, limit]);
}

function readEntrance(reply: Reply): Entrance {
  const name = 'cache/enter';
  if (!Array.isArray(reply)) return refuse(name, 'an array', reply);
  const [kind, left, failure] = reply as readonly Reply[];
  if (kind === 'changed' || kind === 'lease') return { kind };
  const leftMs = integerReply(name)(left ?? null);
  if (kind === 'loading') return { kind, leftMs };
  if (kind === 'failed') return { kind, leftMs, failure: stringReply(name)(failure ?? null) };
  return refuse(name, 'one of its four answers', kind);
}

function readCatchUp(reply: Reply): CatchUp {
  const name = 'cache/catch-up';
  if (!Array.isArray(reply) || reply.length !== 4) return refuse(name, 'an array of 4', reply);
  const told = arrayReply(name, stringReply(name))(reply[3]);
  const invalidations: { kind: string; id: string }[] = [];
  for (let i = 0; i < told.length; i += 2) {
    invalidations.push({ kind: told[i] as string, id: told[i + 1] as string });
  }
  return {
    serverMs: integerReply(name)(reply[0]),
    record: stringReply(name)(reply[1]),
    complete: reply[2] === 1,
    invalidations,
  };
}
