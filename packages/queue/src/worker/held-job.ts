import type { TakenJob } from '../commands.js';
import { JobLostError } from '../errors.js';

/** A job that this worker has taken, from then until its answer is known to the server. */
export class HeldJob {
  readonly taken: TakenJob;
  /** Until when the server is known to keep it for us, on the monotonic clock. */
  heldUntilMs: number;
  /** Its handler has answered, or it is on its way back: its lease is not prolonged any more. */
  answered = false;
  readonly #ending = new AbortController();

  constructor(taken: TakenJob, heldUntilMs: number) {
    this.taken = taken;
    this.heldUntilMs = heldUntilMs;
  }

  get signal(): AbortSignal {
    return this.#ending.signal;
  }

  /** True when it was not ended before. */
  end(reason: JobLostError['reason']): boolean {
    if (this.#ending.signal.aborted) return false;
    this.#ending.abort(new JobLostError(reason));
    return true;
  }
}

/** How a job is settled: done, again later, dead, or given back untried. */
export interface Settlement {
  readonly act: 'c' | 'r' | 'd' | 'b';
  readonly job: HeldJob;
  readonly delayMs: number;
  /** The error, or the result as it is kept. */
  readonly said: string;
}
