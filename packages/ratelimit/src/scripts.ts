import { defineScript, fragments, integerReply, type Reply, refuse, type ScriptCall } from '@penknife/core';
import type { Algorithm } from './policy/policy.js';
import blockLua from './scripts/block.lua';
import changeLua from './scripts/change.lua';
import checkLua from './scripts/check.lua';
import extendLua from './scripts/extend.lua';
import penaltyLua from './scripts/penalty.lua';
import refundLua from './scripts/refund.lua';
import reservationsLua from './scripts/reservations.lua';
import concurrencyLua from './scripts/rules/concurrency.lua';
import fixedWindowLua from './scripts/rules/fixed-window.lua';
import gcraLua from './scripts/rules/gcra.lua';
import slidingWindowCounterLua from './scripts/rules/sliding-window-counter.lua';
import slidingWindowLogLua from './scripts/rules/sliding-window-log.lua';
import tokenBucketLua from './scripts/rules/token-bucket.lua';
import settleLua from './scripts/settle.lua';

/** The Lua function of each algorithm, and its text. */
export const luaRules: Readonly<Record<Algorithm, { readonly name: string; readonly lua: string }>> = {
  gcra: { name: 'gcra', lua: gcraLua },
  'leaky-bucket': { name: 'gcra', lua: gcraLua },
  'token-bucket': { name: 'tokenBucket', lua: tokenBucketLua },
  'fixed-window': { name: 'fixedWindow', lua: fixedWindowLua },
  'sliding-window-counter': { name: 'slidingWindowCounter', lua: slidingWindowCounterLua },
  'sliding-window-log': { name: 'slidingWindowLog', lua: slidingWindowLogLua },
  concurrency: { name: 'concurrency', lua: concurrencyLua },
};

/** What one limit answered, as it stands in the reply of `check.lua`. */
export interface LimitReply {
  readonly state: number;
  readonly remaining: number;
  readonly retryAfterMs: number;
  readonly resetMs: number;
  readonly delayMs: number;
  readonly receipt: string;
}

/** How many values of the reply are one limit's. */
const fields = 6;

function readLimit(reply: readonly Reply[], at: number): LimitReply {
  const state = reply[at];
  const receipt = reply[at + 5];
  if (typeof state !== 'number' || typeof receipt !== 'string')
    return refuse('ratelimit/check', 'numbers and a receipt', reply);
  return {
    state,
    remaining: reply[at + 1] as number,
    retryAfterMs: reply[at + 2] as number,
    resetMs: reply[at + 3] as number,
    delayMs: reply[at + 4] as number,
    receipt,
  };
}

function readLimits(reply: Reply): LimitReply[] {
  if (!Array.isArray(reply) || reply.length % fields !== 0 || reply.length === 0)
    return refuse('ratelimit/check', `an array of ${fields} for each limit`, reply);
  const limits: LimitReply[] = [];
  for (let at = 0; at < reply.length; at += fields) limits.push(readLimit(reply, at));
  return limits;
}

/** The acts on limits of some algorithms: each is one script that holds the rules it needs. */
export interface LimitScripts {
  readonly check: ScriptCall<LimitReply[], number, number>;
  readonly refund: ScriptCall<number, 1, 3>;
  readonly settle: ScriptCall<readonly number[], 2, 4>;
  readonly change: ScriptCall<readonly number[], 1, 5>;
}

function scriptsFor(suffix: string, algorithms: readonly Algorithm[]): LimitScripts {
  const rules = new Map(algorithms.map((algorithm) => [luaRules[algorithm].name, luaRules[algorithm].lua]));
  const table = `local rules = { ${[...rules.keys()].map((name) => `${name} = ${name}`).join(', ')} }`;
  const shared = [fragments.nowMicros, ...rules.values(), table];
  const integers = (reply: Reply): readonly number[] =>
    Array.isArray(reply)
      ? reply.map(integerReply('ratelimit'))
      : refuse('ratelimit', 'an array of integers', reply);
  return {
    check: defineScript({
      name: `ratelimit/check-${suffix}`,
      lua: checkLua,
      fragments: [...shared, penaltyLua, reservationsLua],
      keys: 'any',
      args: 'any',
      read: readLimits,
    }),
    refund: defineScript({
      name: `ratelimit/refund-${suffix}`,
      lua: refundLua,
      fragments: shared,
      keys: 1,
      args: 3,
      read: integerReply('ratelimit/refund'),
    }),
    settle: defineScript({
      name: `ratelimit/settle-${suffix}`,
      lua: settleLua,
      fragments: [...shared, reservationsLua],
      keys: 2,
      args: 4,
      read: integers,
    }),
    change: defineScript({
      name: `ratelimit/change-${suffix}`,
      lua: changeLua,
      fragments: shared,
      keys: 1,
      args: 5,
      read: integers,
    }),
  };
}

const algorithms = Object.keys(luaRules) as Algorithm[];

/** One algorithm's scripts. */
export const scriptsOf: Readonly<Record<Algorithm, LimitScripts>> = Object.fromEntries(
  algorithms.map((algorithm) => [algorithm, scriptsFor(algorithm, [algorithm])]),
) as Record<Algorithm, LimitScripts>;

/** Any algorithms together. */
export const scriptsOfAll: LimitScripts = scriptsFor('several', algorithms);

/** Blocks an identifier by hand. */
export const blockScript: ScriptCall<number, 1, 3> = defineScript({
  name: 'ratelimit/block',
  lua: blockLua,
  fragments: [fragments.nowMicros],
  keys: 1,
  args: 3,
  read: integerReply('ratelimit/block'),
});

/** Extends a lease. */
export const extendScript: ScriptCall<boolean, 1, 3> = defineScript({
  name: 'ratelimit/extend',
  lua: extendLua,
  fragments: [fragments.nowMicros],
  keys: 1,
  args: 3,
  read: (reply) => integerReply('ratelimit/extend')(reply) === 1,
});
