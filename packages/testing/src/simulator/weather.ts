import { type RandomSource, seededRandom } from '@penknife/core';

/**
 * The character of a schedule, drawn from its seed. Schedules that are all alike find the same bugs again and again; so
 * some run nearly in order and some are wild, in some a process is slow, in some there are many faults early.
 */
export class Weather {
  readonly #random: RandomSource;
  /** How often the oldest message simply passes. */
  readonly #calm: number;
  readonly #timeRate: number;
  readonly #faultRate: number;

  constructor(seed: number) {
    const random = seededRandom(seed);
    this.#random = random;
    this.#calm = this.#of([0.9, 0.5, 0]);
    this.#timeRate = this.#of([0, 0.02, 0.1, 0.3]);
    this.#faultRate = this.#of([0.01, 0.03, 0.1, 0.3]);
  }

  /** A whole number below `limit`. */
  below = (limit: number): number => Math.floor(this.#random.fraction() * limit);

  /** Which fault: 0 for none. */
  fault(kinds: number): number {
    return this.#random.fraction() < this.#faultRate ? 1 + this.below(kinds) : 0;
  }

  /** How much a process is favoured. */
  weight(): number {
    return this.#of([1, 1, 1, 0.05]);
  }

  /** Which of the things that can happen, by weight; `timeAt` is time's place, if it can pass. */
  next(weights: readonly number[], timeAt: number | undefined): number {
    const { fraction } = this.#random;
    if (timeAt !== undefined && timeAt > 0 && fraction() < this.#timeRate) return timeAt;
    if (fraction() < this.#calm) return 0;
    let total = 0;
    for (const weight of weights) total += weight;
    let at = fraction() * total;
    for (let i = 0; i < weights.length; i++) {
      at -= weights[i] as number;
      if (at < 0) return i;
    }
    return 0;
  }

  #of(values: readonly number[]): number {
    return values[Math.floor(this.#random.fraction() * values.length)] as number;
  }
}
