import { type Command, defineScript, fragments, type Reply, refuse, type ScriptCall } from '@penknife/core';
import checkGcraLua from './scripts/check-gcra.lua';
import checkGcraSeveralLua from './scripts/check-gcra-several.lua';
import gcraStateLua from './scripts/gcra-state.lua';
import type { LimitReply } from './scripts.js';

/** A GCRA limit without options: the default kind, which has scripts of its own. */
export interface PlainLimit {
  readonly intervalNs: number;
  readonly capacityNs: number;
}

/** One such limit in a call: the key of its state, and the units that the call weighs. */
export interface PlainCall {
  readonly limit: PlainLimit;
  readonly key: string;
  readonly cost: number;
}

/** `{ room, then for each limit: nanoseconds booked ahead, receipt }`. */
type PlainReply = readonly Reply[];

const shared = [fragments.nowMicros, gcraStateLua];

const checkOne: ScriptCall<PlainReply, 1, 3> = defineScript({
  name: 'ratelimit/check-plain-gcra',
  lua: checkGcraLua,
  fragments: shared,
  keys: 1,
  args: 3,
  read: plainReply,
});

const checkSeveral: ScriptCall<PlainReply, number, number> = defineScript({
  name: 'ratelimit/check-plain-gcra-several',
  lua: checkGcraSeveralLua,
  fragments: shared,
  keys: 'any',
  args: 'any',
  read: plainReply,
});

/** Decides for one plain limit. */
export function checkPlain(charges: boolean, call: PlainCall): Command<LimitReply> {
  const { limit, key } = call;
  const command = checkOne([key], [charges ? '1' : '0', sentNeed(call), limit.capacityNs]);
  return { ...command, read: (reply) => toldOf(call, command.read(reply), 1) };
}

/** Decides for several plain limits, all or nothing. */
export function checkPlains(charges: boolean, calls: readonly PlainCall[]): Command<LimitReply[]> {
  const keys: string[] = [];
  const args: (string | number)[] = [charges ? '1' : '0'];
  for (const call of calls) {
    keys.push(call.key);
    args.push(sentNeed(call), call.limit.capacityNs);
  }
  const command = checkSeveral(keys, args);
  return {
    ...command,
    read(reply) {
      const told = command.read(reply);
      return calls.map((call, i) => toldOf(call, told, 2 * i + 1));
    },
  };
}

function needOf({ limit, cost }: PlainCall): number {
  return cost * limit.intervalNs;
}

/** More than any capacity is as good as what it really is, and stays an integer that can be sent. */
function sentNeed(call: PlainCall): number {
  return Math.min(needOf(call), Number.MAX_SAFE_INTEGER);
}

function plainReply(reply: Reply): PlainReply {
  return Array.isArray(reply) && reply.length % 2 === 1
    ? reply
    : refuse('ratelimit/check', 'an array of room, and two for each limit', reply);
}

/** What `rules/gcra.ts` works out of the same: units left, and the milliseconds to wait, rounded up. */
function toldOf(call: PlainCall, reply: PlainReply, at: number): LimitReply {
  const { intervalNs, capacityNs } = call.limit;
  const aheadNs = reply[at];
  const receipt = reply[at + 1];
  if (typeof aheadNs !== 'number' || typeof receipt !== 'string')
    return refuse('ratelimit/check', 'nanoseconds and a receipt for each limit', reply);
  const needNs = needOf(call);
  const overNs = receipt === '' ? aheadNs + needNs - capacityNs : 0;
  return {
    state: overNs > 0 ? 0 : 1,
    remaining: Math.floor((capacityNs - aheadNs) / intervalNs),
    retryAfterMs: overNs <= 0 ? 0 : needNs > capacityNs ? -1 : Math.ceil(overNs / 1e6),
    resetMs: Math.ceil(aheadNs / 1e6),
    delayMs: 0,
    receipt,
  };
}
