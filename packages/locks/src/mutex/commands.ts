import {
  bigintReply,
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
import { terms, termsLua } from '../lease/terms.js';
import acquireLua from '../scripts/mutex-acquire.lua';
import extendLua from '../scripts/mutex-extend.lua';
import inspectLua from '../scripts/mutex-inspect.lua';
import leaveLua from '../scripts/mutex-leave.lua';
import leaveAloneLua from '../scripts/mutex-leave-alone.lua';
import raiseLua from '../scripts/mutex-raise.lua';
import stateLua from '../scripts/mutex-state.lua';
import takeAllLua from '../scripts/mutex-take-all.lua';
import takeFreeLua from '../scripts/mutex-take-free.lua';

/** The state of a mutex as the server keeps it. */
export interface MutexState {
  readonly serverMs: number;
  readonly fence: bigint;
  readonly untilMs: number;
  readonly token: string;
  readonly owner: string;
  readonly waiters: string;
}

/** What the server answered to an acquire of several. */
export type TakeAllReply =
  | { readonly state: 'held'; readonly fences: readonly bigint[] }
  | {
      readonly state: 'taken';
      /** Which one is not free, as a place in the list. */
      readonly at: number;
      readonly token: string;
      readonly owner: string;
      readonly leftMs: number;
    }
  | { readonly state: 'released' };

/** What every script of the mutex starts with. */
const shared = [termsLua, fragments.nowMicros, stateLua];

const scripts = leaseScripts('mutex', {
  // The short ways come first, before functions are made that they do not need.
  acquire: { lua: acquireLua, fragments: [termsLua, takeFreeLua, fragments.nowMicros, stateLua] },
  leave: { lua: leaveLua, fragments: [termsLua, leaveAloneLua, fragments.nowMicros, stateLua] },
  extend: { lua: extendLua, fragments: shared },
});

const inspectScript: ScriptCall<MutexState, 1, 0> = defineScript({
  name: 'locks/mutex-inspect',
  lua: inspectLua,
  fragments: shared,
  keys: 1,
  args: 0,
  repeatable: true,
  read: readInspect,
});

const takeAllScript: ScriptCall<TakeAllReply, number, number> = defineScript({
  name: 'locks/mutex-take-all',
  lua: takeAllLua,
  fragments: shared,
  keys: 'any',
  args: 'any',
  repeatable: true,
  read: readTakeAll,
});

const raiseScript: ScriptCall<boolean, 1, 2> = defineScript({
  name: 'locks/mutex-raise',
  lua: raiseLua,
  fragments: shared,
  keys: 1,
  args: 2,
  repeatable: true,
  read: (reply) => integerReply('locks/mutex-raise')(reply) === 1,
});

/** Takes the mutex, or a place in its queue, for a token; the same again claims what was handed over. */
export function acquireMutex(
  key: string,
  token: string,
  ttlMs: number,
  way: Way,
  owner: string | undefined,
): Command<AcquireReply> {
  const args = [token, ttlMs, way, ttlMs + terms.memoryMs];
  return scripts.acquire([key], owner === undefined ? args : [...args, owner]);
}

/**
 * Gives back whatever the token has. `late`: a request under it may still come, and is to take nothing then. True when it was
 * the last that was granted: nobody else held the lock up to now.
 */
export function leaveMutex(key: string, token: string, late = false): Command<boolean> {
  return scripts.leave([key], late ? [token, '1'] : [token]);
}

/** Extends leases of one slot (any slots on a single server). One 1 or 0 each. */
export function extendMutexes(leases: readonly LeaseToExtend[]): Command<number[]> {
  return scripts.extend(
    leases.map(({ key }) => key),
    leases.flatMap(({ token, ttlMs }) => [token, ttlMs]),
  );
}

/** Takes mutexes of one slot (any slots on a single server) together, each with its token: all or none. */
export function takeAllMutexes(
  keys: readonly string[],
  tokens: readonly string[],
  ttlMs: number,
  owner: string | undefined,
): Command<TakeAllReply> {
  return takeAllScript(keys, [ttlMs, owner ?? '', ...tokens]);
}

/** Raises the fence of what the token holds; false: it holds nothing. */
export function raiseMutex(key: string, token: string, fence: bigint): Command<boolean> {
  return raiseScript([key], [token, fence.toString()]);
}

/** The state of a mutex, changing nothing. */
export function inspectMutex(key: string): Command<MutexState> {
  return inspectScript([key], []);
}

function readTakeAll(reply: Reply): TakeAllReply {
  const name = 'locks/mutex-take-all';
  if (!Array.isArray(reply)) return refuse(name, 'an array', reply);
  if (reply[0] === 1) return { state: 'held', fences: reply.slice(1).map(bigintReply(name)) };
  if (reply[0] === -1) return { state: 'released' };
  if (reply[0] !== 0 || reply.length !== 5) return refuse(name, 'an array of 5', reply);
  const text = stringReply(name);
  const integer = integerReply(name);
  return {
    state: 'taken',
    at: integer(reply[1]) - 1,
    token: text(reply[2]),
    owner: text(reply[3]),
    leftMs: integer(reply[4]),
  };
}

function readInspect(reply: Reply): MutexState {
  const name = 'locks/mutex-inspect';
  if (!Array.isArray(reply) || reply.length !== 6) return refuse(name, 'an array of 6', reply);
  const text = stringReply(name);
  const integer = integerReply(name);
  return {
    serverMs: integer(reply[0]),
    fence: bigintReply(name)(reply[1]),
    untilMs: integer(reply[2]),
    token: text(reply[3]),
    owner: text(reply[4]),
    waiters: text(reply[5]),
  };
}
