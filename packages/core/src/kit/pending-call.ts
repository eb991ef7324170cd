import { AbortedError } from '../errors/aborted-error.js';
import { ClosedError } from '../errors/closed-error.js';
import { ConnectionError, type Sent } from '../errors/connection-error.js';
import { DeadlineError } from '../errors/deadline-error.js';
import type { PenknifeError } from '../errors/penknife-error.js';
import { isServerError } from '../errors/server-error.js';
import type { Script } from '../script/script.js';
import type { DeadlineEntry, Deadlines, Expirable } from './deadlines.js';

/** What a call needs of the connection it runs on. */
export interface CallEnvironment {
  readonly deadlines: Deadlines;
  /** Calls under way, so that `close` can end them. */
  readonly pending: Set<{ closed(what: string): void }>;
  /** True while something written now goes straight to a server. */
  ready(): boolean;
  /** Calls back when ready; the returned function gives the place up. Throws when nobody may wait. */
  whenReady(proceed: () => void): () => void;
  /** Calls back after a wait that grows with `attempt`; the returned function cancels. */
  afterBackoff(attempt: number, proceed: () => void): () => void;
  translate(error: unknown): PenknifeError;
  /** Server answers that mean "did not run, try again soon". */
  readonly refusals: ReadonlySet<string>;
  /** The last connection error, as the cause of "not connected". */
  lastFailure(): unknown;
  /** A written call was given up; the connection may still be working on it. */
  givenUp(): void;
}

/** One thing to be written and read. */
export interface CallPlan<R, T> {
  /** Writes it; called again for each try. `asEval`: the server did not know the script. */
  write(asEval: boolean): Promise<R>;
  read(reply: R): T;
  readonly script: Script | undefined;
  readonly repeatable: boolean;
}

/**
 * One call from gate to answer. What happens after an error, by what is known of the command:
 *
 * | error                                   | did it run? | then                                    |
 * |-----------------------------------------|-------------|-----------------------------------------|
 * | NOSCRIPT                                | no          | EVAL once                               |
 * | TRYAGAIN, CLUSTERDOWN, LOADING, …       | no          | again after a wait, until the deadline  |
 * | connection lost before it was written   | no          | again when connected, until the deadline|
 * | connection lost afterwards              | maybe       | again only if `repeatable`, else reject |
 * | any other error of the server           | –           | reject                                  |
 */
export class PendingCall<R, T> implements Expirable {
  readonly #environment: CallEnvironment;
  readonly #plan: CallPlan<R, T>;
  readonly #resolve: (value: T) => void;
  readonly #reject: (error: unknown) => void;
  readonly #deadlineMs: number | undefined;
  #deadline: DeadlineEntry | undefined;
  #stopListening: (() => void) | undefined;
  #cancelWait: (() => void) | undefined;
  /** This try is on its way. */
  #written = false;
  /** An earlier try was lost on its way. */
  #uncertain = false;
  #asEval = false;
  #attempt = 0;
  #settled = false;

  constructor(
    environment: CallEnvironment,
    plan: CallPlan<R, T>,
    signal: AbortSignal | undefined,
    deadlineMs: number | undefined,
    resolve: (value: T) => void,
    reject: (error: unknown) => void,
  ) {
    this.#environment = environment;
    this.#plan = plan;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#deadlineMs = deadlineMs;
    if (signal !== undefined && !this.#listen(signal)) return;
    environment.pending.add(this);
    if (deadlineMs !== undefined) this.#deadline = environment.deadlines.add(deadlineMs, this);
    this.#proceed();
  }

  /** The owner of the connection closed it. */
  closed(what: string): void {
    this.#fail(new ClosedError(what, this.#sent));
  }

  /** The deadline passed. */
  expired(): void {
    const deadlineMs = this.#deadlineMs ?? 0;
    const written = this.#written;
    this.#fail(
      this.#sent === 'maybe'
        ? new DeadlineError(deadlineMs)
        : new ConnectionError(
            `not connected within the deadline of ${deadlineMs} ms; the command was not sent`,
            {
              sent: 'no',
              cause: this.#environment.lastFailure(),
            },
          ),
    );
    if (written) this.#environment.givenUp();
  }

  get #sent(): Sent {
    return this.#written || this.#uncertain ? 'maybe' : 'no';
  }

  #listen(signal: AbortSignal): boolean {
    if (signal.aborted) {
      this.#reject(new AbortedError(signal.reason, 'no'));
      return false;
    }
    const onAbort = (): void => {
      const written = this.#written;
      this.#fail(new AbortedError(signal.reason, this.#sent));
      if (written) this.#environment.givenUp();
    };
    signal.addEventListener('abort', onAbort, { once: true });
    this.#stopListening = () => signal.removeEventListener('abort', onAbort);
    return true;
  }

  #proceed(): void {
    if (this.#settled) return;
    this.#cancelWait = undefined;
    const environment = this.#environment;
    try {
      if (!environment.ready()) {
        this.#cancelWait = environment.whenReady(() => this.#proceed());
        return;
      }
      const reply = this.#plan.write(this.#asEval);
      this.#written = true;
      reply.then(
        (value) => this.#answered(value),
        (error) => this.#failed(error),
      );
    } catch (error) {
      this.#fail(error);
    }
  }

  #answered(reply: R): void {
    if (this.#settled) return;
    this.#settle();
    try {
      this.#resolve(this.#plan.read(reply));
    } catch (error) {
      this.#reject(error);
    }
  }

  #failed(raw: unknown): void {
    if (this.#settled) return;
    const environment = this.#environment;
    const error = environment.translate(raw);
    this.#written = false;
    if (isServerError(error)) {
      if (error.code === 'NOSCRIPT' && this.#plan.script !== undefined && !this.#asEval) {
        this.#asEval = true;
        this.#proceed();
      } else if (environment.refusals.has(error.code)) {
        this.#again(error);
      } else {
        this.#fail(error);
      }
      return;
    }
    const lost = error instanceof ConnectionError ? error.sent : 'maybe';
    if (lost === 'maybe') this.#uncertain = true;
    if (lost === 'no' || this.#plan.repeatable) this.#again(error);
    else this.#fail(error);
  }

  #again(error: PenknifeError): void {
    // Without a deadline nothing would bound the tries.
    if (this.#deadlineMs === undefined) {
      this.#fail(error);
      return;
    }
    this.#attempt++;
    this.#cancelWait = this.#environment.afterBackoff(this.#attempt, () => this.#proceed());
  }

  #fail(error: unknown): void {
    this.#settle();
    this.#reject(error);
  }

  #settle(): void {
    this.#settled = true;
    this.#environment.pending.delete(this);
    if (this.#deadline !== undefined) this.#environment.deadlines.remove(this.#deadline);
    this.#stopListening?.();
    this.#cancelWait?.();
  }
}
