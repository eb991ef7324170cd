import { type Command, integerReply } from '@penknife/core';
import { type RateLimitKeyBuilders, stateKey } from './keys.js';
import type { ResolvedLimit } from './options.js';
import { checkPlain, checkPlains, type PlainCall, type PlainLimit } from './plain-gcra.js';
import type { RateLimitResult } from './result.js';
import { type LimitReply, type LimitScripts, luaRules } from './scripts.js';

/** A limit as a script takes it: its keys, and what it enforces as words. */
export interface LimitWords {
  readonly limit: ResolvedLimit;
  readonly words: string;
  /** The default kind of limit, which has scripts of its own; null for all others. */
  readonly plain: PlainLimit | null;
}

/** Writes a limit down for the scripts: rule, parameters, horizon, flags, penalty. */
export function limitWords(limit: ResolvedLimit): LimitWords {
  const { policy, horizonMicros, chargeDenied, penalty, reserves } = limit;
  const flags = `${chargeDenied ? 'd' : ''}${policy.algorithm === 'leaky-bucket' ? 'l' : ''}${reserves ? 'r' : ''}`;
  const ladder =
    penalty === null ? '-' : [penalty.after, penalty.decayMicros, ...penalty.stepsMicros].join(',');
  const rule = luaRules[policy.algorithm].name;
  const plain = policy.algorithm === 'gcra' && horizonMicros === 0 && flags === '' && penalty === null;
  const [intervalNs, capacityNs] = policy.parameters;
  return {
    limit,
    words: [rule, ...policy.parameters, horizonMicros, flags || '-', ladder].join(' '),
    plain: plain ? { intervalNs, capacityNs } : null,
  };
}

/** One limit of one identifier, in a call. */
export interface LimitCall extends LimitWords {
  readonly name: string;
  readonly identifier: string;
  readonly cost: number;
}

/** What a check does: look, charge (a lease takes a token), book up to so far ahead, or charge and reserve. */
export type Act =
  | { readonly kind: 'look' }
  | { readonly kind: 'charge'; readonly token: string }
  | { readonly kind: 'book'; readonly patienceMs: number }
  | { readonly kind: 'reserve'; readonly token: string; readonly forMs: number };

/** One decision of one limit. */
export function checkLimit(
  scripts: LimitScripts,
  keys: RateLimitKeyBuilders,
  act: Act,
  call: LimitCall,
): Command<RateLimitResult> {
  const charges = act.kind !== 'look';
  const plain = isPlain(act) ? plainCall(keys, call) : undefined;
  if (plain !== undefined)
    return read(checkPlain(charges, plain), (answer) => resultOf(answer, call, charges));
  return read(checkAny(scripts, keys, act, [call]), ([answer]) =>
    resultOf(answer as LimitReply, call, charges),
  );
}

/** One decision over several limits, all or nothing. */
export function checkLimits(
  scripts: LimitScripts,
  keys: RateLimitKeyBuilders,
  act: Act,
  calls: readonly LimitCall[],
): Command<RateLimitResult[]> {
  const charges = act.kind !== 'look';
  const plain = isPlain(act) ? calls.map((call) => plainCall(keys, call)) : [];
  const command =
    plain.length > 0 && plain.every((call) => call !== undefined)
      ? checkPlains(charges, plain)
      : checkAny(scripts, keys, act, calls);
  return read(command, (answers) =>
    answers.map((answer, i) => resultOf(answer, calls[i] as LimitCall, charges)),
  );
}

/** Whether the short scripts know the act. */
function isPlain({ kind }: Act): boolean {
  return kind === 'charge' || kind === 'look';
}

/** A call as the short scripts take it; undefined where its limit is of another kind. */
function plainCall(
  keys: RateLimitKeyBuilders,
  { plain, identifier, name, cost }: LimitCall,
): PlainCall | undefined {
  if (plain === null) return undefined;
  return { limit: plain, key: stateKey(keys, 'gcra', identifier, name), cost };
}

function checkAny(
  scripts: LimitScripts,
  keys: RateLimitKeyBuilders,
  act: Act,
  calls: readonly LimitCall[],
): Command<LimitReply[]> {
  const states = calls.map(({ limit, identifier, name }) =>
    stateKey(keys, limit.policy.algorithm, identifier, name),
  );
  const further = calls.flatMap(({ limit, identifier, name }) => [
    ...(limit.reserves ? [keys.reservations(identifier, name)] : []),
    ...(limit.penalty === null ? [] : [keys.penalty(identifier, name)]),
  ]);
  const args: (string | number)[] = [actWord(act)];
  for (const { cost, words } of calls) args.push(cost, words);
  return scripts.check([...states, ...further], args);
}

function read<T, U>(command: Command<T>, map: (value: T) => U): Command<U> {
  return { ...command, read: (reply) => map(command.read(reply)) };
}

function actWord(act: Act): string {
  if (act.kind === 'look') return 'p';
  if (act.kind === 'book') return `w ${act.patienceMs * 1000}`;
  return act.kind === 'reserve' ? `r ${act.token} ${act.forMs * 1000}` : `c ${act.token}`;
}

function resultOf(answer: LimitReply, call: LimitCall, charged: boolean): RateLimitResult {
  const { state, remaining, retryAfterMs, resetMs, delayMs, receipt } = answer;
  const allowed = state === 1;
  const { policy } = call.limit;
  return {
    allowed,
    reason: allowed ? null : state < 0 ? 'blocked' : retryAfterMs < 0 ? 'cost_exceeds_capacity' : 'limit',
    remaining,
    retryAfterMs: retryAfterMs < 0 ? null : retryAfterMs,
    resetMs,
    delayMs,
    policy: call.name,
    limit: policy.limit,
    windowMs: policy.windowMs,
    capacity: policy.capacity,
    receipt: charged && receipt !== '' ? receipt : null,
    cost: call.cost,
    source: 'server',
  };
}

/** Forgets what one identifier used. True when there was something to forget. */
export function forget(keys: readonly string[]): Command<boolean> {
  return {
    args: ['DEL', ...keys],
    ...(keys[0] !== undefined && { key: keys[0] }),
    repeatable: true,
    read: (reply) => integerReply('DEL')(reply) > 0,
  };
}
