import { backoffMs, DeadlineError, type PenknifeError, type Sent, sentOf, type Timer } from '@penknife/core';
import type { ResolvedAcquire } from '../options.js';
import type { AcquireOutcome } from '../outcome.js';
import { isNoAnswer } from './acknowledged-sender.js';
import type { Acquirable } from './acquirable.js';
import type { AcquireReply } from './acquire-reply.js';
import type { HeldLock } from './held-lock.js';
import { terms } from './terms.js';
import { type Moment, momentOf, validityLeftMs } from './validity.js';
import type { WaiterParts, Waiting } from './waiter-parts.js';

/** A waiter asks again after this time at the latest; then the lease of a silent holder, or a word that was lost, shows. */
const recheckMs = 5000;
/** The longest pause where no word can come. */
const pollMs = 200;
/** How long a first wait stands back for the subscription, and no longer than half of its time. */
const openingMs = 250;
/** A server that leaves a request unanswered for longer counts as unavailable when the wait ends. */
const silenceMs = 1000;
const retry = { baseMs: 50, maxMs: 1000, jitter: 'equal' } as const;

/**
 * One acquisition that may wait. In its process it stands in a line; only at the head of the line is it known to the server.
 * It ends exactly once: with a lock, or with the reason why not; whatever its requests took meanwhile is given back.
 */
export class Waiter implements Waiting {
  readonly key: string;
  readonly outcome: Promise<AcquireOutcome>;
  readonly #target: Acquirable;
  readonly #options: ResolvedAcquire;
  readonly #parts: WaiterParts;
  #settle: (outcome: AcquireOutcome) => void = () => undefined;
  #fail: (error: unknown) => void = () => undefined;
  #over = false;
  #timer: Timer | undefined;
  #stopListening: (() => void) | undefined;
  /** Ends the present pause. */
  #resume: (() => void) | undefined;
  #woken = false;
  #failures = 0;
  #unavailable: PenknifeError | undefined;
  /** When the request was sent that is on its way; the subscription is one. */
  #askedAtMs: number | undefined;
  #seen: Extract<AcquireReply, { state: 'waiting' }> | undefined;

  constructor(target: Acquirable, options: ResolvedAcquire, parts: WaiterParts) {
    this.key = target.key;
    this.#target = target;
    this.#options = options;
    this.#parts = parts;
    this.outcome = new Promise((resolve, reject) => {
      this.#settle = resolve;
      this.#fail = reject;
    });
    this.#timer = parts.driver.clock.timer(options.waitMs, () => this.#timeOut());
    const { signal } = options;
    if (signal === undefined) return;
    this.#stopListening = parts.aborts.watch(signal, () => this.abort(signal.reason));
  }

  wake(): void {
    this.#woken = true;
    this.#resume?.();
  }

  abort(error: unknown): void {
    this.#end({ ok: false, reason: 'aborted', error, ...this.#parts.seen(this.#seen) });
  }

  async run(): Promise<void> {
    try {
      if (!this.#parts.wakeUps.live) await this.#opened();
      while (!this.#over) await this.#attempt();
    } catch (error) {
      if (this.#over) return;
      this.#close();
      this.#fail(this.#parts.keyError(error, this.#target));
    }
  }

  /** Uses one token until it is granted or given back. */
  async #attempt(): Promise<void> {
    const token = this.#parts.tokens.next();
    let present = false;
    let late = false;
    let granted = false;
    this.#parts.waiting.set(token, this);
    try {
      while (!this.#over) {
        this.#woken = false;
        const startedAt = momentOf(this.#parts.driver.clock);
        const reply = await this.#ask(token);
        if (reply !== 'no') present = true;
        if (reply === 'maybe') late = true;
        if (typeof reply === 'object') {
          if (reply.state === 'released') return;
          if (reply.state === 'held') {
            granted = this.#take(token, reply.fence, startedAt, late);
            return;
          }
          this.#seen = reply;
        }
        await this.#pause(this.#pauseMs(reply));
      }
    } finally {
      this.#parts.waiting.delete(token);
      if (present && !granted) this.#parts.giveBack(this.#target, token, this.#options.ttlMs, late);
    }
  }

  async #ask(token: string): Promise<AcquireReply | Sent> {
    this.#askedAtMs = this.#parts.driver.clock.monotonic();
    try {
      const reply = await this.#parts.ask(this.#target, token, this.#options.ttlMs, this.#parts.wakeUps.way);
      this.#unavailable = undefined;
      this.#failures = 0;
      return reply;
    } catch (error) {
      if (!isNoAnswer(error)) throw error;
      this.#unavailable = error;
      this.#failures++;
      return sentOf(error);
    } finally {
      this.#askedAtMs = undefined;
    }
  }

  /** Turns a grant into a lock, unless it came too late or nobody wants it any more. */
  #take(token: string, fence: bigint, startedAt: Moment, late: boolean): boolean {
    if (this.#over) return false;
    const { ttlMs } = this.#options;
    if (validityLeftMs(startedAt, ttlMs, momentOf(this.#parts.driver.clock)) <= 0) return false;
    const lock: HeldLock = this.#parts.hold(this.#target, token, fence, this.#options, startedAt);
    lock.late = late;
    this.#end({ ok: true, lock });
    return true;
  }

  #pauseMs(reply: AcquireReply | Sent): number {
    if (typeof reply !== 'object' || reply.state !== 'waiting')
      return backoffMs(retry, this.#failures, this.#parts.driver.random);
    const { place, leftMs } = reply;
    if (!this.#parts.wakeUps.live || place === 0) return Math.min(leftMs + 1, pollMs);
    // When a lease ends in silence the first in the queue finds out; each one behind only if those in front did not claim.
    return Math.min(leftMs + 1 + (place - 1) * terms.claimMs, recheckMs);
  }

  async #pause(ms: number): Promise<void> {
    if (this.#over || this.#woken) return;
    await new Promise<void>((resolve) => {
      const timer = this.#parts.driver.clock.timer(ms, resolve);
      this.#resume = () => {
        timer.cancel();
        resolve();
      };
    });
    this.#resume = undefined;
  }

  /** The subscription is the first request of a wait: as long as it is not answered, nobody was asked. */
  async #opened(): Promise<void> {
    this.#askedAtMs = this.#parts.driver.clock.monotonic();
    void this.#parts.wakeUps.open().then(() => this.#resume?.());
    if (!this.#parts.wakeUps.live) await this.#pause(Math.min(openingMs, this.#options.waitMs / 2));
  }

  /** The wait is over. Whoever could not ask was not refused: for him the server was unavailable. */
  #timeOut(): void {
    const silentMs = this.#parts.driver.clock.monotonic() - (this.#askedAtMs ?? Number.POSITIVE_INFINITY);
    const unanswered = silentMs > silenceMs || (silentMs >= 0 && this.#seen === undefined);
    const error =
      this.#unavailable ??
      (unanswered ? new DeadlineError(this.#options.waitMs) : undefined) ??
      (this.#seen === undefined ? this.#parts.trouble : undefined);
    if (error !== undefined) this.#end({ ok: false, reason: 'unavailable', error });
    else this.#end({ ok: false, reason: 'timeout', ...this.#parts.seen(this.#seen) });
  }

  #end(outcome: AcquireOutcome): void {
    if (this.#over) return;
    this.#close();
    this.#settle(outcome);
  }

  #close(): void {
    this.#over = true;
    this.#timer?.cancel();
    this.#stopListening?.();
    this.#parts.left(this);
    this.#resume?.();
  }
}
