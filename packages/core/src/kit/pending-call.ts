import { AbortedError } from '../errors/aborted-error.js';
import { sentOf } from '../errors/availability.js';
import { ClosedError } from '../errors/closed-error.js';
import { ConnectionError, type Sent } from '../errors/connection-error.js';
import { DeadlineError } from '../errors/deadline-error.js';
import type { PenknifeError } from '../errors/penknife-error.js';
import { isServerError, ServerError } from '../errors/server-error.js';
import type { Script } from '../script/script.js';
import type { CallList, CallsUnderWay, CallUnderWay } from './calls-under-way.js';
import type { WireArg } from './transport.js';

/** What a call needs of the connection it runs on. */
export interface CallEnvironment {
  readonly underWay: CallsUnderWay;
  /** True while something written now goes straight to a server. */
  ready(): boolean;
  /** Calls back when ready; the returned function gives the place up. Throws when nobody may wait. */
  whenReady(proceed: () => void): () => void;
  /** Calls back after a wait that grows with `attempt`; the returned function cancels. Throws when nobody may wait. */
  afterBackoff(attempt: number, proceed: () => void): () => void;
  translate(error: unknown): PenknifeError;
  /** Server answers that mean "did not run, try again soon". */
  readonly refusals: ReadonlySet<string>;
  /** False where there is no next time: a lane that lost its connection gets no other. */
  readonly retries: boolean;
  /** The last connection error, as the cause of "not connected". */
  lastFailure(): unknown;
  /** A written call for this key was given up; the connection may still be working on it. */
  givenUp(key: WireArg | undefined, why: 'expired' | 'aborted'): void;
}

/** One thing to be written and read. */
export interface CallPlan<R, T> {
  /** Writes it; called again for each try. `asEval`: the server did not know the script. */
  write(asEval: boolean): Promise<R>;
  read(reply: R): T;
  /** Names the slot on a cluster; undefined: any primary. */
  readonly key: WireArg | undefined;
  readonly script: Script | undefined;
  readonly repeatable: boolean;
}

/** Who hears how a call ended, and which of their calls it was. */
export interface CallEnd<T> {
  resolve(value: T, place: number): void;
  reject(error: unknown, place: number): void;
}

/** How far a call is. */
type Stage = 'waiting' | 'written' | 'settled';

/** What went wrong before with a call that goes again: few calls ever have it. */
interface Trouble {
  /** Refused, or lost on its way: how often. */
  attempt: number;
  /** The server did not know the script. */
  asEval: boolean;
  /** An earlier try was lost on its way. */
  uncertain: boolean;
  /** Why it waits to go again. */
  refusal: PenknifeError | undefined;
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
 *
 * One small object and two closures a call, plain fields throughout: this is the path of every command that stands alone.
 */
export class PendingCall<R, T> implements CallUnderWay {
  dueMs = 0;
  previous: CallUnderWay | undefined = undefined;
  next: CallUnderWay | undefined = undefined;
  list: CallList | undefined = undefined;
  private readonly environment: CallEnvironment;
  private readonly plan: CallPlan<R, T>;
  private readonly durationMs: number;
  private readonly resolve: CallEnd<T>['resolve'];
  private readonly reject: CallEnd<T>['reject'];
  private readonly place: number;
  private stage: Stage = 'waiting';
  private trouble: Trouble | undefined = undefined;
  private stopListening: (() => void) | undefined = undefined;
  private cancelWait: (() => void) | undefined = undefined;

  private constructor(
    environment: CallEnvironment,
    plan: CallPlan<R, T>,
    durationMs: number,
    { resolve, reject }: CallEnd<T>,
    place: number,
  ) {
    this.environment = environment;
    this.plan = plan;
    this.durationMs = durationMs;
    this.resolve = resolve;
    this.reject = reject;
    this.place = place;
  }

  /** Starts a call; `durationMs` is its deadline, infinite for none. */
  static start<R, T>(
    environment: CallEnvironment,
    plan: CallPlan<R, T>,
    signal: AbortSignal | undefined,
    durationMs: number,
  ): Promise<T> {
    const promise = new Promise<T>(catchSettlers);
    PendingCall.tell(environment, plan, signal, durationMs, settlers, 0);
    // They would keep what the promise holds until the next call.
    settlers.resolve = nobody;
    settlers.reject = nobody;
    return promise;
  }

  /** Starts a call that tells its end to functions, which many may share: `place` tells this one from the others. */
  static tell<R, T>(
    environment: CallEnvironment,
    plan: CallPlan<R, T>,
    signal: AbortSignal | undefined,
    durationMs: number,
    end: CallEnd<T>,
    place: number,
  ): void {
    if (signal?.aborted) {
      end.reject(new AbortedError(signal.reason, 'no'), place);
      return;
    }
    const call = new PendingCall(environment, plan, durationMs, end, place);
    environment.underWay.add(call, durationMs);
    if (signal !== undefined) call.listen(signal);
    call.proceed();
  }

  /** Goes on with a call that was written elsewhere, and failed: it has `leftMs` left of its `durationMs`. */
  static goOn<R, T>(
    environment: CallEnvironment,
    plan: CallPlan<R, T>,
    {
      signal,
      durationMs,
      leftMs,
      error,
    }: {
      readonly signal: AbortSignal | undefined;
      readonly durationMs: number;
      readonly leftMs: number;
      readonly error: unknown;
    },
    end: CallEnd<T>,
    place: number,
  ): void {
    const call = new PendingCall(environment, plan, durationMs, end, place);
    environment.underWay.add(call, leftMs);
    if (signal !== undefined) call.listen(signal);
    call.stage = 'written';
    call.failed(error);
  }

  closed(what: string): void {
    this.fail(new ClosedError(what, this.sent));
  }

  expired(): void {
    const written = this.stage === 'written';
    const refusal = this.trouble?.refusal;
    this.fail(
      this.sent === 'maybe'
        ? new DeadlineError(this.durationMs)
        : new ConnectionError(
            isServerError(refusal)
              ? `refused (${refusal.code}) until the deadline of ${this.durationMs} ms; the command did not run`
              : `not connected within the deadline of ${this.durationMs} ms; the command was not sent`,
            { sent: 'no', cause: refusal ?? this.environment.lastFailure() },
          ),
    );
    if (written) this.environment.givenUp(this.plan.key, 'expired');
  }

  private get sent(): Sent {
    return this.stage === 'written' || this.trouble?.uncertain ? 'maybe' : 'no';
  }

  private listen(signal: AbortSignal): void {
    const onAbort = (): void => {
      const written = this.stage === 'written';
      this.fail(new AbortedError(signal.reason, this.sent));
      if (written) this.environment.givenUp(this.plan.key, 'aborted');
    };
    signal.addEventListener('abort', onAbort, { once: true });
    this.stopListening = () => signal.removeEventListener('abort', onAbort);
  }

  private proceed(): void {
    if (this.stage === 'settled') return;
    this.cancelWait = undefined;
    const environment = this.environment;
    try {
      if (!environment.ready()) {
        this.cancelWait = environment.whenReady(() => this.proceed());
        return;
      }
      const reply = this.plan.write(this.trouble?.asEval === true);
      // What runs within a write may have ended the call.
      if (!this.isOver()) this.stage = 'written';
      reply.then(
        (value) => this.answered(value),
        (error) => this.failed(error),
      );
    } catch (error) {
      this.fail(error);
    }
  }

  private isOver(): boolean {
    return this.stage === 'settled';
  }

  private answered(reply: R): void {
    if (this.stage === 'settled') return;
    this.settle();
    try {
      this.resolve(this.plan.read(reply), this.place);
    } catch (error) {
      this.reject(error, this.place);
    }
  }

  private failed(raw: unknown): void {
    if (this.stage === 'settled') return;
    const environment = this.environment;
    const error = environment.translate(raw);
    this.stage = 'waiting';
    this.trouble ??= { attempt: 0, asEval: false, uncertain: false, refusal: undefined };
    const trouble = this.trouble;
    if (isServerError(error)) {
      if (error.code === 'NOSCRIPT' && this.plan.script !== undefined && !trouble.asEval) {
        trouble.asEval = true;
        this.proceed();
      } else if (environment.refusals.has(error.code)) {
        this.again(error, trouble);
      } else {
        this.failAfter(error, trouble);
      }
      return;
    }
    const lost = error instanceof ConnectionError ? error.sent : 'maybe';
    if (lost === 'maybe') trouble.uncertain = true;
    if (lost === 'no' || this.plan.repeatable) this.again(error, trouble);
    else this.failAfter(error, trouble);
  }

  private again(error: PenknifeError, trouble: Trouble): void {
    // Without a deadline nothing would bound the tries.
    if (this.durationMs === Number.POSITIVE_INFINITY || !this.environment.retries) {
      this.failAfter(error, trouble);
      return;
    }
    trouble.attempt++;
    trouble.refusal = error;
    try {
      this.cancelWait = this.environment.afterBackoff(trouble.attempt, () => this.proceed());
    } catch (tooMany) {
      if (trouble.uncertain) this.failAfter(error, trouble);
      else this.fail(tooMany);
    }
  }

  /** Fails with what this try came to. When an earlier one was lost on its way, nobody can say that the command did not run. */
  private failAfter(error: PenknifeError, { uncertain }: Trouble): void {
    this.fail(uncertain ? asUncertain(error) : error);
  }

  private fail(error: unknown): void {
    this.settle();
    this.reject(error, this.place);
  }

  private settle(): void {
    this.stage = 'settled';
    this.environment.underWay.remove(this);
    this.stopListening?.();
    this.cancelWait?.();
  }
}

const nobody = (): void => undefined;

/** What settles the promise that is being made. */
const settlers: CallEnd<unknown> = { resolve: nobody, reject: nobody };

/** Hands out what settles a promise, with no closure made for each. */
function catchSettlers(resolve: (value: never) => void, reject: (error: unknown) => void): void {
  settlers.resolve = resolve as CallEnd<unknown>['resolve'];
  settlers.reject = reject;
}

function asUncertain(error: PenknifeError): PenknifeError {
  if (sentOf(error) === 'maybe') return error;
  const { message } = error;
  if (isServerError(error)) {
    return new ServerError(message, { command: error.command, sent: 'maybe', cause: error });
  }
  return new ConnectionError(`${message} (an earlier try was lost, and may have run)`, {
    sent: 'maybe',
    cause: error,
  });
}
