import type { Outcome } from '../contract/sender.js';
import { AbortedError } from '../errors/aborted-error.js';
import { ClosedError } from '../errors/closed-error.js';
import type { Sent } from '../errors/connection-error.js';
import { DeadlineError } from '../errors/deadline-error.js';
import type { PenknifeError } from '../errors/penknife-error.js';
import type { CallList, CallUnderWay } from './calls-under-way.js';
import { failedOutcome } from './failed-outcome.js';
import { type CallEnd, type CallEnvironment, type CallPlan, PendingCall } from './pending-call.js';

/** Holds the place of a call that goes on as a `PendingCall`. */
const elsewhere = { ok: false } as Outcome<never>;

/**
 * The calls of one batch, each with an outcome of its own, under one deadline. Thousands may be under way at once: as long as
 * nothing goes wrong a call needs nothing but its plan here. One that cannot be written yet, or fails, goes on as a
 * `PendingCall`, which knows what to do.
 */
export class BatchCall<T> implements CallUnderWay {
  dueMs = 0;
  previous: CallUnderWay | undefined = undefined;
  next: CallUnderWay | undefined = undefined;
  list: CallList | undefined = undefined;
  private readonly environment: CallEnvironment;
  private readonly plans: readonly CallPlan<unknown, T>[];
  private readonly signal: AbortSignal | undefined;
  private readonly durationMs: number;
  private readonly done: (outcomes: readonly Outcome<T>[]) => void;
  /** Undefined: not written, or not answered yet. */
  private readonly outcomes: (Outcome<T> | undefined)[];
  /** Calls that have had their turn to be written. */
  private written = 0;
  private left: number;

  private constructor(
    environment: CallEnvironment,
    plans: readonly CallPlan<unknown, T>[],
    signal: AbortSignal | undefined,
    durationMs: number,
    done: (outcomes: readonly Outcome<T>[]) => void,
  ) {
    this.environment = environment;
    this.plans = plans;
    this.signal = signal;
    this.durationMs = durationMs;
    this.done = done;
    this.outcomes = new Array(plans.length);
    this.left = plans.length;
  }

  /** Starts them, in order; `durationMs` is the deadline of each, infinite for none. What fails is an outcome. */
  static start<T>(
    environment: CallEnvironment,
    plans: readonly CallPlan<unknown, T>[],
    signal: AbortSignal | undefined,
    durationMs: number,
  ): Promise<readonly Outcome<T>[]> {
    if (plans.length === 0) return Promise.resolve([]);
    if (signal?.aborted) {
      return Promise.resolve(plans.map(() => failedOutcome(new AbortedError(signal.reason, 'no'))));
    }
    return new Promise((resolve) => {
      new BatchCall(environment, plans, signal, durationMs, resolve).begin();
    });
  }

  closed(what: string): void {
    this.rejectOpen((sent) => new ClosedError(what, sent));
  }

  expired(): void {
    this.giveUp('expired', () => new DeadlineError(this.durationMs));
  }

  private begin(): void {
    const { environment, signal } = this;
    environment.underWay.add(this, this.durationMs);
    signal?.addEventListener('abort', this.onAbort, { once: true });
    for (let i = 0; i < this.plans.length; i++) {
      // What runs within a write may have ended all: a client's own transformers, say.
      if (this.outcomes[i] === undefined) this.write(i);
      this.written = i + 1;
    }
  }

  private write(i: number): void {
    const { environment, signal, durationMs } = this;
    const plan = this.plan(i);
    try {
      if (!environment.ready()) {
        this.outcomes[i] = elsewhere;
        PendingCall.tell(environment, plan, signal, durationMs, this.end, i);
        return;
      }
      plan.write(false).then(
        (reply) => this.answered(reply, i),
        (error) => this.failed(error, i),
      );
    } catch (error) {
      this.reject(error, i);
    }
  }

  private answered(reply: unknown, i: number): void {
    if (this.outcomes[i] !== undefined) return;
    // Its reader may close the driver or fire the signal: they must not find it open.
    this.outcomes[i] = elsewhere;
    try {
      this.settle(i, { ok: true, value: this.plan(i).read(reply) });
    } catch (error) {
      this.reject(error, i);
    }
  }

  private failed(error: unknown, i: number): void {
    if (this.outcomes[i] !== undefined) return;
    this.outcomes[i] = elsewhere;
    const { environment, signal, durationMs } = this;
    const leftMs = environment.underWay.leftMs(this);
    PendingCall.goOn(environment, this.plan(i), { signal, durationMs, leftMs, error }, this.end, i);
  }

  /** Where the calls that go on tell how they ended: few batches have any. */
  private get end(): CallEnd<T> {
    return {
      resolve: (value, i) => this.settle(i, { ok: true, value }),
      reject: (error, i) => this.reject(error, i),
    };
  }

  private reject(error: unknown, i: number): void {
    this.settle(i, failedOutcome(error));
  }

  private readonly onAbort = (): void => {
    this.giveUp('aborted', (sent) => new AbortedError(this.signal?.reason, sent));
  };

  private giveUp(why: 'expired' | 'aborted', reason: (sent: Sent) => PenknifeError): void {
    const { environment, written } = this;
    for (const i of this.rejectOpen(reason)) {
      if (i < written) environment.givenUp(this.plan(i).key, why);
    }
  }

  private rejectOpen(reason: (sent: Sent) => PenknifeError): readonly number[] {
    const open = [...this.plans.keys()].filter((i) => this.outcomes[i] === undefined);
    for (const i of open) this.reject(reason(i < this.written ? 'maybe' : 'no'), i);
    return open;
  }

  private plan(i: number): CallPlan<unknown, T> {
    return this.plans[i] as CallPlan<unknown, T>;
  }

  private settle(i: number, outcome: Outcome<T>): void {
    const before = this.outcomes[i];
    if (before !== undefined && before !== elsewhere) return;
    this.outcomes[i] = outcome;
    if (--this.left > 0) return;
    this.environment.underWay.remove(this);
    this.signal?.removeEventListener('abort', this.onAbort);
    this.done(this.outcomes as readonly Outcome<T>[]);
  }
}
