import {
  type Command,
  defineScript,
  fragments,
  integerReply,
  type Reply,
  refuse,
  type ScriptCall,
} from '@penknife/core';
import type { ResolvedPolicy } from './policy.js';
import type { Decision } from './result.js';
import gcraLua from './scripts/gcra.lua';

const integer = integerReply('ratelimit/gcra');

const gcra: ScriptCall<Decision, 1, 4> = defineScript({
  name: 'ratelimit/gcra',
  lua: gcraLua,
  fragments: [fragments.nowMicros],
  keys: 1,
  args: 4,
  read(reply: Reply): Decision {
    if (!Array.isArray(reply) || reply.length !== 4) return refuse('ratelimit/gcra', 'an array of 4', reply);
    const [allowed, remaining, retryAfterMs, resetMs] = reply.map(integer) as [
      number,
      number,
      number,
      number,
    ];
    return {
      allowed: allowed === 1,
      remaining,
      retryAfterMs: retryAfterMs < 0 ? null : retryAfterMs,
      resetMs,
    };
  },
});

/** One decision; `charge: false` only looks. */
export function decide(
  key: string,
  policy: ResolvedPolicy,
  cost: number,
  charge: boolean,
): Command<Decision> {
  return gcra([key], [policy.intervalNs, policy.capacityNs, cost, charge ? 1 : 0]);
}

/** Forgets what was used. True when there was something to forget. */
export function forget(key: string): Command<boolean> {
  return { args: ['DEL', key], key, repeatable: true, read: (reply) => integerReply('DEL')(reply) === 1 };
}
