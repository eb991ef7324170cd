import {
  type Command,
  defineScript,
  fragments,
  integerReply,
  type Reply,
  refuse,
  type ScriptCall,
  stringReply,
} from '@penknife/core';
import type { AcquireReply, Way } from '../lease/acquire-reply.js';
import { leaseScripts } from '../lease/lease-scripts.js';
import type { LeaseToExtend } from '../lease/target.js';
import { sharesTermsLua } from '../lease/terms.js';
import acquireLua from '../scripts/shares-acquire.lua';
import extendLua from '../scripts/shares-extend.lua';
import inspectLua from '../scripts/shares-inspect.lua';
import leaveLua from '../scripts/shares-leave.lua';
import resizeLua from '../scripts/shares-resize.lua';
import stateLua from '../scripts/shares-state.lua';

/** The key of the state, and perhaps that of a limit that was set. */
export type SharesKeys = readonly [state: string, limit?: string];

/** What is wanted of what several may hold. */
export interface Share {
  readonly weight: number;
  readonly limit: number;
  /** Goes in front of those who want less and have not yet lost their patience. */
  readonly first: boolean;
}

/** The state as the server keeps it. */
export interface SharesState {
  readonly serverMs: number;
  readonly limit: number;
  readonly holders: string;
  readonly waiters: string;
}

const shared = [sharesTermsLua, fragments.nowMicros, stateLua];

const scripts = leaseScripts('shares', {
  acquire: { lua: acquireLua, fragments: shared },
  leave: { lua: leaveLua, fragments: shared },
  extend: { lua: extendLua, fragments: shared },
});

const resizeScript: ScriptCall<number, 2, 2> = defineScript({
  name: 'locks/shares-resize',
  lua: resizeLua,
  fragments: shared,
  keys: 2,
  args: 2,
  repeatable: true,
  read: integerReply('locks/shares-resize'),
});

const inspectScript: ScriptCall<SharesState, number, 1> = defineScript({
  name: 'locks/shares-inspect',
  lua: inspectLua,
  fragments: shared,
  keys: 'any',
  args: 1,
  repeatable: true,
  read: readInspect,
});

/** Takes a share, or a place in the queue, for a token; the same again claims what was granted. */
export function acquireShare(
  keys: SharesKeys,
  token: string,
  ttlMs: number,
  way: Way,
  { weight, limit, first }: Share,
  owner: string | undefined,
): Command<AcquireReply> {
  const args = [token, ttlMs, way, weight, limit, first ? '1' : '0'];
  return scripts.acquire(keysOf(keys), owner === undefined ? args : [...args, owner]);
}

/**
 * Gives back whatever the token has. `late`: a request under it may still come, and is to take nothing then. True when it held
 * a lease up to now.
 */
export function leaveShares(key: string, token: string, late = false): Command<boolean> {
  return scripts.leave([key], late ? [token, '1'] : [token]);
}

/** Extends leases of one slot (any slots on a single server). One 1 or 0 each. */
export function extendShares(leases: readonly LeaseToExtend[]): Command<number[]> {
  return extendWith(leases, 0);
}

/** Extends write leases and makes them read leases; those who wait to read are served. */
export function downgradeShares(leases: readonly LeaseToExtend[]): Command<number[]> {
  return extendWith(leases, 1);
}

/** Sets the limit for good; 0: what the users of the semaphore say counts again, at first the word of this one. */
export function resizeShares(keys: readonly [string, string], limit: number, own: number): Command<number> {
  return resizeScript(keys, [limit, own]);
}

/** The state, changing nothing. */
export function inspectShares(keys: SharesKeys, limit: number): Command<SharesState> {
  return inspectScript(keysOf(keys), [limit]);
}

function extendWith(leases: readonly LeaseToExtend[], weight: number): Command<number[]> {
  return scripts.extend(
    leases.map(({ key }) => key),
    leases.flatMap(({ token, ttlMs }) => [token, ttlMs, weight]),
  );
}

function keysOf([state, limit]: SharesKeys): string[] {
  return limit === undefined ? [state] : [state, limit];
}

function readInspect(reply: Reply): SharesState {
  const name = 'locks/shares-inspect';
  if (!Array.isArray(reply) || reply.length !== 4) return refuse(name, 'an array of 4', reply);
  const text = stringReply(name);
  const integer = integerReply(name);
  return {
    serverMs: integer(reply[0]),
    limit: integer(reply[1]),
    holders: text(reply[2]),
    waiters: text(reply[3]),
  };
}
