import type { Clock } from '@penknife/core';
import { LockLostError, type LossReason } from '../errors.js';
import type { ExtendOutcome, Lock, ReleaseOutcome } from './lock.js';
import type { ExtendAll, Target } from './target.js';
import { driftMarginMs, type Moment, momentOf, validityLeftMs } from './validity.js';

/** What a handle is made of. */
export interface LockFacts {
  readonly target: Target;
  readonly token: string;
  readonly fence: bigint;
  readonly ttlMs: number;
  readonly maxHoldMs: number;
  readonly autoExtend: boolean;
  /** The start of the request that the server confirmed. */
  readonly startedAt: Moment;
}

/** What a handle asks of the process's locks. */
export interface LockKeeper {
  readonly clock: Clock;
  extend(lock: HeldLock, by?: ExtendAll): Promise<ExtendOutcome>;
  /** The lock is over, by loss or release: called once, synchronously, before anything else happens. */
  ended(lock: HeldLock, reason: LossReason): void;
  release(lock: HeldLock, lost: boolean): Promise<ReleaseOutcome>;
}

/** A lease below this is not worth an extension: the cap on the hold time is near. */
const smallestExtensionMs = 10;

/** The handle of one lease, whatever it is a lease of, and the local truth about it. */
export class HeldLock implements Lock {
  readonly resource: string;
  readonly target: Target;
  readonly token: string;
  readonly fence: bigint;
  readonly ttlMs: number;
  readonly autoExtend: boolean;
  /** A request that was not answered may still come and take it again. */
  late = false;
  /** An extension is on its way. */
  extending = false;
  /** Monotonic ms at which the next extension is due. */
  extendAtMs: number;
  readonly #keeper: LockKeeper;
  readonly #since: Moment;
  readonly #maxHoldMs: number;
  #startedAt: Moment;
  #leaseMs: number;
  #ended: LossReason | undefined;
  #loss: AbortController | undefined;
  #released: Promise<ReleaseOutcome> | undefined;

  constructor(facts: LockFacts, keeper: LockKeeper) {
    this.resource = facts.target.resource;
    this.target = facts.target;
    this.token = facts.token;
    this.fence = facts.fence;
    this.ttlMs = facts.ttlMs;
    this.autoExtend = facts.autoExtend;
    this.#maxHoldMs = facts.maxHoldMs;
    this.#keeper = keeper;
    this.#since = facts.startedAt;
    this.#startedAt = facts.startedAt;
    this.#leaseMs = facts.ttlMs;
    this.extendAtMs = this.#nextExtension();
  }

  get signal(): AbortSignal {
    // Made when first asked for: most short locks never need one.
    if (this.#loss === undefined) {
      this.#loss = new AbortController();
      if (this.#ended !== undefined && this.#ended !== 'released') this.#loss.abort(this.#error(this.#ended));
    }
    this.#notice();
    return this.#loss.signal;
  }

  get held(): boolean {
    return this.#notice() > 0;
  }

  get remainingMs(): number {
    return Math.max(0, this.#notice());
  }

  get lostBecause(): LossReason | undefined {
    this.#notice();
    return this.#ended;
  }

  /** Monotonic ms at which the lease is over for this process, if nothing is confirmed before. */
  get deadlineMs(): number {
    return this.#startedAt.monotonicMs + this.#leaseMs - driftMarginMs(this.#leaseMs);
  }

  assertHeld(): void {
    if (this.#notice() <= 0) throw this.#error(this.#ended ?? 'expired');
  }

  extend(): Promise<ExtendOutcome> {
    return this.renew();
  }

  /** Extends now, by the script of its kind or by another one that also changes what is held. */
  renew(by?: ExtendAll): Promise<ExtendOutcome> {
    return this.held ? this.#keeper.extend(this, by) : Promise.resolve('lost');
  }

  release(): Promise<ReleaseOutcome> {
    if (this.#released === undefined) {
      const lost = !this.held;
      if (!lost) this.#end('released');
      this.#released = this.#keeper.release(this, lost);
    }
    return this.#released;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.release();
  }

  /** The lease to ask for at `now`: the full one, or what the cap on the hold time leaves. Undefined: none is left. */
  leaseAt(now: Moment): number | undefined {
    const heldMs = Math.max(now.monotonicMs - this.#since.monotonicMs, now.wallMs - this.#since.wallMs);
    const leaseMs = Math.floor(Math.min(this.ttlMs, this.#maxHoldMs - heldMs));
    return leaseMs < smallestExtensionMs ? undefined : leaseMs;
  }

  /** The server confirmed a request that began at `startedAt`. Too late, or after the end, it changes nothing. */
  confirm(startedAt: Moment, leaseMs: number): void {
    if (this.#ended !== undefined || startedAt.monotonicMs < this.#startedAt.monotonicMs) return;
    if (validityLeftMs(startedAt, leaseMs, momentOf(this.#keeper.clock)) > 0) {
      this.#startedAt = startedAt;
      this.#leaseMs = leaseMs;
      // A lease that the cap cut short ends with the cap: there is no later end to ask for.
      this.extendAtMs = leaseMs < this.ttlMs ? Number.POSITIVE_INFINITY : this.#nextExtension();
    }
    this.#notice();
  }

  /** Ends the lock as lost: fires the signal. Nothing when it is over already. */
  lose(reason: LossReason): void {
    this.#end(reason);
  }

  /** What is left by both clocks; ends the lock when that is nothing. */
  #notice(): number {
    if (this.#ended !== undefined) return 0;
    const now = momentOf(this.#keeper.clock);
    const left = validityLeftMs(this.#startedAt, this.#leaseMs, now);
    if (left <= 0) {
      const capped = this.#leaseMs < this.ttlMs || this.leaseAt(now) === undefined;
      this.#end(capped ? 'max-hold' : 'expired');
    }
    return left;
  }

  #end(reason: LossReason): void {
    if (this.#ended !== undefined) return;
    this.#ended = reason;
    this.#keeper.ended(this, reason);
    if (reason !== 'released') this.#loss?.abort(this.#error(reason));
  }

  #nextExtension(): number {
    return this.autoExtend ? this.#startedAt.monotonicMs + this.#leaseMs / 3 : Number.POSITIVE_INFINITY;
  }

  #error(reason: LossReason): LockLostError {
    return new LockLostError(this.resource, this.fence, reason);
  }
}
