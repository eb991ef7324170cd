import { type CallOptions, type Clock, callWithin, DeadlineError, waitWithin } from '@penknife/core';

/**
 * What a call may take: a deadline of the call is one for all it asks for, the one of the options is each command's own.
 */
export class Allowance {
  readonly #clock: Clock;
  readonly #call: CallOptions;
  readonly #eachMs: number;
  readonly #begunAt: number;

  constructor(clock: Clock, call: CallOptions, eachMs: number) {
    this.#clock = clock;
    this.#call = call;
    this.#eachMs = eachMs;
    this.#begunAt = clock.monotonic();
  }

  /** What is left of the call's deadline; without one that is forever. */
  get leftMs(): number {
    const { deadlineMs } = this.#call;
    if (deadlineMs === undefined) return Number.POSITIVE_INFINITY;
    return Math.max(0, deadlineMs - (this.#clock.monotonic() - this.#begunAt));
  }

  /** For the next command. Throws `DeadlineError` when nothing is left. */
  next(): CallOptions | undefined {
    const { deadlineMs } = this.#call;
    if (deadlineMs === undefined) return callWithin(this.#call, this.#eachMs);
    const leftMs = Math.ceil(this.leftMs);
    if (leftMs <= 0) throw new DeadlineError(deadlineMs);
    return callWithin({ ...this.#call, deadlineMs: leftMs });
  }

  /** Waits for what others may wait for, too, and so goes on. Rejects with `DeadlineError` or `AbortedError`. */
  wait<T>(work: Promise<T> | T): Promise<T> | T {
    const { deadlineMs, signal } = this.#call;
    if (!(work instanceof Promise) || (deadlineMs === undefined && signal === undefined)) return work;
    const left = { ...this.#call, ...(deadlineMs !== undefined && { deadlineMs: this.leftMs }) };
    return waitWithin(this.#clock, work, left, 'no', (error) =>
      error.kind === 'deadline' ? new DeadlineError(deadlineMs as number) : error,
    );
  }
}
