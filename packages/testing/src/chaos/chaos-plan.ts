import { InvalidArgumentError, type RandomSource, seededRandom } from '@penknife/core';

/** What may happen to one call. */
export type CallFault =
  /** It never leaves: `ConnectionError`, `sent: 'no'`. */
  | 'drop-before'
  /** It runs, and its answer is lost: `ConnectionError`, `sent: 'maybe'`. */
  | 'drop-after'
  /** It waits before it leaves. */
  | 'delay'
  /** It runs, and its answer waits. */
  | 'delay-answer';

/** How often each fault happens, as a share of calls (0 to 1; together at most 1), and how long delays are. */
export interface ChaosRates {
  readonly dropBefore?: number;
  readonly dropAfter?: number;
  readonly delay?: number;
  readonly delayAnswer?: number;
  /** Delays are drawn evenly from 0 to this. Default 20. */
  readonly maxDelayMs?: number;
}

/** Decides what happens to a call: by what it is, and by how many went before it. Undefined: nothing. */
export type ChaosPlan = (call: { readonly number: number; readonly name: string }) => CallFault | undefined;

/** A plan that follows rates, drawing from a seed: the same seed and the same calls give the same faults. */
export function ratesPlan(rates: ChaosRates, seed: number): ChaosPlan {
  const random = seededRandom(seed);
  const shares: readonly (readonly [CallFault, number])[] = [
    ['drop-before', share('dropBefore', rates.dropBefore)],
    ['drop-after', share('dropAfter', rates.dropAfter)],
    ['delay', share('delay', rates.delay)],
    ['delay-answer', share('delayAnswer', rates.delayAnswer)],
  ];
  const { maxDelayMs = 0 } = rates;
  if (!Number.isFinite(maxDelayMs) || maxDelayMs < 0)
    throw new InvalidArgumentError('rates.maxDelayMs', 'must be a finite number of at least 0', maxDelayMs);
  const total = shares.reduce((sum, [, each]) => sum + each, 0);
  if (total > 1 + 1e-9) throw new InvalidArgumentError('rates', 'must be at most 1 together', total);
  return () => {
    let point = random.fraction();
    for (const [fault, each] of shares) {
      if (point < each) return fault;
      point -= each;
    }
    return undefined;
  };
}

/** A delay in ms. */
export function delayMs(rates: ChaosRates, random: RandomSource): number {
  return random.fraction() * (rates.maxDelayMs ?? 20);
}

function share(name: string, value: number | undefined): number {
  if (value === undefined) return 0;
  if (typeof value !== 'number' || !(value >= 0 && value <= 1)) {
    throw new InvalidArgumentError(`rates.${name}`, 'must be a share from 0 to 1', value);
  }
  return value;
}
