import type { TakenJob } from '../commands.js';
import { JobLostError } from '../errors.js';

/** A job that this worker has taken, from then until its answer is known to the server. */
export class HeldJob {
  readonly taken: TakenJob;
  /** Until when the server is known to keep it for us, on the monotonic clock. */
  heldUntilMs: number;
  /** Its handler has answered, or it is on its way back: its lease is not prolonged any more. */
  answered = false;
  /** A round that settled it was sent, and its answer never came: whether it counted nobody knows. */
  mayBeSettled = false;
  #ended: JobLostError | undefined;
  #ending: AbortController | undefined;
  #leave: (() => void) | undefined;

  /** `leave` gives its place to another. */
  constructor(taken: TakenJob, heldUntilMs: number, leave: () => void) {
    this.taken = taken;
    this.heldUntilMs = heldUntilMs;
    this.#leave = leave;
  }

  /** Made when somebody asks for it: most handlers are done before anything could end. */
  get signal(): AbortSignal {
    if (this.#ending === undefined) {
      this.#ending = new AbortController();
      if (this.#ended !== undefined) this.#ending.abort(this.#ended);
    }
    return this.#ending.signal;
  }

  get ended(): boolean {
    return this.#ended !== undefined;
  }

  /** True when it was not ended before. */
  end(reason: JobLostError['reason']): boolean {
    if (this.#ended !== undefined) return false;
    this.#ended = new JobLostError(reason);
    this.#ending?.abort(this.#ended);
    return true;
  }

  /** Its handler needs its place no more; once. */
  leavePlace(): void {
    const leave = this.#leave;
    this.#leave = undefined;
    leave?.();
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
