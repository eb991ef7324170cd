import { type Clock, defineTrace, type Timer } from '@penknife/core';
import type { LossReason } from '../errors.js';
import { armAt } from './arm-at.js';
import type { HeldLock } from './held-lock.js';
import { momentOf } from './validity.js';

const traceLost = defineTrace('locks.lost');

/** What the held locks of a process need. */
export interface HeldLocksParts {
  readonly clock: Clock;
  /** Sends one round of extensions. */
  extend(locks: readonly HeldLock[]): void;
}

/**
 * All locks a process holds, under one timer that serves both their deadlines and their extensions. Deadlines come first:
 * after a stall of the event loop a lock is lost before anything is extended.
 */
export class HeldLocks {
  readonly #parts: HeldLocksParts;
  readonly #locks = new Map<string, HeldLock>();
  #timer: Timer | undefined;
  #timerDueMs = Number.POSITIVE_INFINITY;
  /** Tells who waits for the last lock to be over. */
  #emptied: (() => void) | undefined;

  constructor(parts: HeldLocksParts) {
    this.#parts = parts;
  }

  get size(): number {
    return this.#locks.size;
  }

  has(token: string): boolean {
    return this.#locks.has(token);
  }

  all(): HeldLock[] {
    return [...this.#locks.values()];
  }

  add(lock: HeldLock): void {
    this.#locks.set(lock.token, lock);
    this.#armFor(nextEvent(lock));
  }

  /** A lock's next event came nearer. */
  changed(lock: HeldLock): void {
    if (this.#locks.has(lock.token)) this.#armFor(nextEvent(lock));
  }

  /** A lock is over. */
  ended(lock: HeldLock, reason: LossReason): void {
    this.#locks.delete(lock.token);
    if (reason !== 'released')
      void traceLost(
        () => ({ reason }),
        () => Promise.resolve(),
      );
    if (this.#locks.size > 0) return;
    this.#emptied?.();
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#timerDueMs = Number.POSITIVE_INFINITY;
  }

  /** Resolves when nothing is held any more, or after this time. */
  async untilEmpty(graceMs: number): Promise<void> {
    if (graceMs <= 0 || this.#locks.size === 0) return;
    await new Promise<void>((resolve) => {
      const timer = this.#parts.clock.timer(graceMs, resolve);
      this.#emptied = () => {
        timer.cancel();
        resolve();
      };
    });
  }

  #armFor(dueMs: number): void {
    if (dueMs >= this.#timerDueMs) return;
    this.#timer?.cancel();
    this.#timerDueMs = dueMs;
    this.#timer = armAt(this.#parts.clock, dueMs, () => this.#tick());
  }

  #tick(): void {
    this.#timer = undefined;
    this.#timerDueMs = Number.POSITIVE_INFINITY;
    const due: HeldLock[] = [];
    let pressing = false;
    const now = momentOf(this.#parts.clock);
    for (const lock of [...this.#locks.values()]) {
      if (!lock.held || lock.extending) continue;
      // What would be due soon goes along, so that locks of any age end up in few rounds; but it starts none.
      if (lock.extendAtMs <= now.monotonicMs) pressing = true;
      if (lock.extendAtMs - lock.ttlMs / 6 <= now.monotonicMs) due.push(lock);
    }
    const round = pressing ? due.filter((lock) => this.#worthExtending(lock)) : [];
    if (round.length > 0) this.#parts.extend(round);
    for (const lock of this.#locks.values()) this.#armFor(nextEvent(lock));
  }

  /** False at the cap on the hold time: then the lease runs out. */
  #worthExtending(lock: HeldLock): boolean {
    if (lock.leaseAt(momentOf(this.#parts.clock)) !== undefined) return true;
    lock.extendAtMs = Number.POSITIVE_INFINITY;
    return false;
  }
}

function nextEvent(lock: HeldLock): number {
  return lock.extending ? lock.deadlineMs : Math.min(lock.deadlineMs, lock.extendAtMs);
}
