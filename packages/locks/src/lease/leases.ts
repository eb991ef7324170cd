import {
  type CallOptions,
  type Clock,
  ClosedError,
  type Command,
  type Driver,
  isServerError,
  type PenknifeError,
} from '@penknife/core';
import type { LossReason } from '../errors.js';
import { wakeChannel } from '../keys.js';
import { type ResolvedAcquire, type ResolvedLocks, usualDeadlineMs } from '../options.js';
import type { AcquireOutcome, HolderSeen } from '../outcome.js';
import { AbortWatch } from './abort-watch.js';
import { AcknowledgedSender, isNoAnswer, type LeaseSender, plainSender } from './acknowledged-sender.js';
import type { Acquirable } from './acquirable.js';
import type { AcquireReply, Way } from './acquire-reply.js';
import { createExtensions } from './extensions.js';
import { GiveBacks } from './give-back.js';
import type { HeldLock, LockKeeper } from './held-lock.js';
import { HeldLocks } from './held-locks.js';
import { type KeptAt, keyErrorOr } from './key-error.js';
import { Lines } from './lines.js';
import type { ExtendOutcome, ReleaseOutcome } from './lock.js';
import type { ExtendAll, Leavable } from './target.js';
import { createTokens, processIdLength, type Tokens } from './tokens.js';
import { traceRelease } from './traces.js';
import { tryOnce } from './try-once.js';
import { UnderWay } from './under-way.js';
import type { Moment } from './validity.js';
import { Waiter } from './waiter.js';
import type { Seen, WaiterParts, Waiting } from './waiter-parts.js';
import { WakeUps } from './wake-up.js';

/** With `ack`: how many requests that give leases, and that prolong them, may wait for replicas at once. */
const lanes = { giving: 8, prolonging: 4 };

/** All leases of one process in one namespace: what it holds, what it waits for, and what it still has to give back. */
export class Leases implements LockKeeper, WaiterParts {
  readonly driver: Driver;
  readonly tokens: Tokens;
  readonly wakeUps: WakeUps;
  readonly aborts: AbortWatch = new AbortWatch();
  readonly waiting: Map<string, Waiting> = new Map();
  readonly held: HeldLocks;
  trouble: PenknifeError | undefined;
  readonly lines: Lines = new Lines();
  /** Requests of nobody who stands in a line: of tries, of several at once, of extensions and releases. */
  readonly underWay: UnderWay = new UnderWay();
  readonly #owner: string | undefined;
  /** How long one request may take. */
  readonly call: CallOptions | undefined;
  readonly #giving: LeaseSender;
  /** Of their own: who acquires must not keep those who hold from their connections. */
  readonly #prolonging: LeaseSender;
  readonly #leavableAt: (key: string) => Leavable | undefined;
  readonly #giveBacks: GiveBacks;
  readonly #extensions: ReturnType<typeof createExtensions>;
  readonly #closing = new AbortController();
  #ending: Promise<void> | undefined;

  /** `leavableAt` finds what stands at a key by the key's kind; undefined: the key is none of ours. */
  constructor(driver: Driver, options: ResolvedLocks, leavableAt: (key: string) => Leavable | undefined) {
    const { namespace, deadlineMs, owner, ack } = options;
    this.driver = driver;
    const senderOf = (mostLanes: number): LeaseSender =>
      ack === undefined ? plainSender(driver) : new AcknowledgedSender(driver, ack, mostLanes, deadlineMs);
    this.#giving = senderOf(lanes.giving);
    this.#prolonging = senderOf(lanes.prolonging);
    this.tokens = createTokens(driver.random);
    this.#owner = owner;
    this.call = deadlineMs === undefined ? undefined : { deadlineMs };
    this.#leavableAt = leavableAt;
    this.#giveBacks = new GiveBacks(driver, this.call);
    this.#extensions = createExtensions({
      driver,
      sender: this.#prolonging,
      longestMs: deadlineMs ?? usualDeadlineMs,
      underWay: this.underWay,
      changed: (lock) => this.held.changed(lock),
    });
    this.held = new HeldLocks({
      clock: driver.clock,
      extend: (locks) => void this.#extensions.round(locks),
    });
    this.wakeUps = new WakeUps(driver, wakeChannel(namespace, this.tokens.processId), {
      granted: (token, key) => this.#granted(token, key),
      gap: () => {
        for (const waiter of this.lines.heads()) waiter.wake();
      },
    });
  }

  get clock(): Clock {
    return this.driver.clock;
  }

  refuseClosed(): void {
    if (this.closing.aborted) throw new ClosedError('locks');
  }

  /** Fires when the locks are shut down: nothing is handed out any more. */
  get closing(): AbortSignal {
    return this.#closing.signal;
  }

  try(target: Acquirable, options: ResolvedAcquire): Promise<AcquireOutcome> {
    return tryOnce(target, options, this);
  }

  async wait(target: Acquirable, options: ResolvedAcquire): Promise<AcquireOutcome> {
    const { signal } = options;
    if (signal?.aborted) return { ok: false, reason: 'aborted', error: signal.reason };
    if (this.closing.aborted) return { ok: false, reason: 'aborted', error: this.closing.reason };
    const waiter = new Waiter(target, options, this);
    this.lines.add(waiter);
    return waiter.outcome;
  }

  async ask(
    target: Acquirable,
    token: string,
    ttlMs: number,
    way: Way,
    signal?: AbortSignal,
  ): Promise<AcquireReply> {
    const call = signal === undefined ? this.call : { ...this.call, signal };
    try {
      const reply = await this.give(
        target.acquire(token, ttlMs, way, this.#owner),
        ({ state }) => state === 'held',
        call,
      );
      this.trouble = undefined;
      return reply;
    } catch (error) {
      if (isNoAnswer(error)) this.trouble = error;
      throw error;
    }
  }

  /** Sends what may give a lease: with `ack`, what it gave counts only once replicas have it. */
  give<T>(command: Command<T>, given: (answer: T) => boolean, options?: CallOptions): Promise<T> {
    return this.#giving.send(command, given, options);
  }

  hold(
    target: Acquirable,
    token: string,
    fence: bigint,
    options: ResolvedAcquire,
    startedAt: Moment,
  ): HeldLock {
    const { ttlMs, maxHoldMs, autoExtend } = options;
    const lock = new target.handle({ target, token, fence, ttlMs, maxHoldMs, autoExtend, startedAt }, this);
    this.held.add(lock);
    return lock;
  }

  giveBack(target: Leavable, token: string, ttlMs: number, late?: boolean): void {
    this.#giveBacks.add(target, token, ttlMs, late);
  }

  left(waiter: Waiting): void {
    this.lines.delete(waiter);
  }

  seen(reply: Seen | undefined): HolderSeen {
    if (reply === undefined) return {};
    const { token, owner, leftMs, place } = reply;
    const queue = place === undefined ? {} : { queuePosition: place };
    if (token === '') return queue;
    return {
      holder: owner === '' ? token.slice(0, processIdLength) : owner,
      holderTtlMs: leftMs,
      ...queue,
    };
  }

  keyError(error: unknown, at: KeptAt): unknown {
    return keyErrorOr(error, at);
  }

  extend(lock: HeldLock, by?: ExtendAll): Promise<ExtendOutcome> {
    return this.#extensions.one(lock, by);
  }

  ended(lock: HeldLock, reason: LossReason): void {
    this.held.ended(lock, reason);
  }

  async release(lock: HeldLock, lost: boolean): Promise<ReleaseOutcome> {
    const { target, token, ttlMs, late } = lock;
    if (lost) {
      // The server may not have noticed yet; refused and shut down, there is nothing left to give back.
      const over = lock.lostBecause === 'refused' || lock.lostBecause === 'shutdown';
      if (!over) this.giveBack(target, token, ttlMs, late);
      return 'lost';
    }
    this.underWay.begin();
    try {
      const released = await traceRelease(
        () => ({}),
        () => this.driver.send(target.leave(token, late), this.call),
      );
      return released ? 'released' : 'lost';
    } catch (error) {
      if (isServerError(error, 'FOREIGN') || isServerError(error, 'WRONGTYPE')) return 'lost';
      this.giveBack(target, token, ttlMs, late);
      return 'unknown';
    } finally {
      this.underWay.end();
    }
  }

  /** Refuses newcomers, ends the waiters, lets holders finish for `graceMs`, then takes their locks back. */
  shutdown(graceMs: number): Promise<void> {
    this.#ending ??= this.#shutDown(graceMs);
    return this.#ending;
  }

  async #shutDown(graceMs: number): Promise<void> {
    this.#closing.abort(new ClosedError('locks'));
    // From the end of each line: whoever stood behind would only be started to be ended.
    for (const waiter of this.lines.all().reverse()) waiter.abort(this.closing.reason);
    await this.held.untilEmpty(graceMs);
    for (const lock of this.held.all()) {
      lock.lose('shutdown');
      this.giveBack(lock.target, lock.token, lock.ttlMs, lock.late);
    }
    await this.lines.quiet();
    await this.underWay.quiet();
    await this.#giveBacks.close();
    await this.wakeUps.close();
    await Promise.all([this.#giving.close(), this.#prolonging.close()]);
  }

  /** A lock was handed to a token. Nobody waits under it any more: it passes on at once. */
  #granted(token: string, key: string): void {
    const waiter = this.waiting.get(token);
    if (waiter !== undefined) {
      waiter.wake();
      return;
    }
    if (!token.startsWith(this.tokens.processId) || this.held.has(token)) return;
    const target = this.#leavableAt(key);
    if (target !== undefined) this.giveBack(target, token, 0);
  }
}
