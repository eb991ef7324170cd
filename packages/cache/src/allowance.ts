import { AbortedError, type CallOptions, type Clock, callWithin, DeadlineError } from '@penknife/core';

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
    return new Promise((resolve, reject) => {
      const late = (): void => reject(new DeadlineError(deadlineMs as number));
      const timer = deadlineMs === undefined ? undefined : this.#clock.timer(this.leftMs, late);
      const onAbort = (): void => reject(new AbortedError(signal?.reason, 'no'));
      signal?.addEventListener('abort', onAbort, { once: true });
      if (signal?.aborted) onAbort();
      work.then(resolve, reject).finally(() => {
        timer?.cancel();
        signal?.removeEventListener('abort', onAbort);
      });
    });
  }
}
