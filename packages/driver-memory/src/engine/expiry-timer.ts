import type { Clock, Timer } from '@penknife/core';
import type { FieldHash } from '../structures/hash-table/field-hash.js';
import type { Database } from './database.js';

/** Keys removed in one go before the event loop gets its turn. */
const keysPerRound = 1000;

/** The longest sleep: a wall clock that was set forward is noticed after this. */
const longestSleepMs = 60_000;

/**
 * Removes expired keys nobody reads: one timer on the engine's clock, armed only while some key has a deadline, at the
 * earliest of them. Reads do not rely on it.
 */
export class ExpiryTimer {
  readonly #clock: Clock;
  readonly #databases: () => readonly Database[];
  readonly #due: (now: number) => void;
  #timer: Timer | undefined;
  #armedFor = Number.POSITIVE_INFINITY;
  #closed = false;

  constructor(clock: Clock, databases: () => readonly Database[], due: (now: number) => void) {
    this.#clock = clock;
    this.#databases = databases;
    this.#due = due;
  }

  /** A key is due at this time (the last millisecond it is still there). */
  arm(deadlineMs: number): void {
    if (deadlineMs >= this.#armedFor || this.#closed) return;
    this.#timer?.cancel();
    this.#armedFor = deadlineMs;
    const delayMs = Math.max(1, deadlineMs + 1 - this.#clock.now());
    this.#timer = this.#clock.timer(Math.min(delayMs, longestSleepMs), () => this.#fired());
  }

  close(): void {
    this.#closed = true;
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #fired(): void {
    this.#timer = undefined;
    this.#armedFor = Number.POSITIVE_INFINITY;
    this.#due(Math.floor(this.#clock.now()));
    this.#rearm();
  }

  #rearm(): void {
    let next = Number.POSITIVE_INFINITY;
    for (const database of this.#databases()) {
      for (const index of [database.expiries, database.fieldExpiries]) {
        const due = index.next();
        if (due !== undefined && due.deadlineMs < next) next = due.deadlineMs;
      }
    }
    if (next < Number.POSITIVE_INFINITY) this.arm(next);
  }
}

/** Removes the keys and the fields that are due in a database, up to a bound of each. */
export function expireDue(database: Database, now: number): void {
  for (let i = 0; i < keysPerRound; i++) {
    const due = database.expiries.next();
    if (due === undefined || due.deadlineMs >= now) break;
    database.expire(due.key);
  }
  for (let i = 0; i < keysPerRound; i++) {
    const due = database.fieldExpiries.next();
    if (due === undefined || due.deadlineMs >= now) return;
    // A look removes what is due; what was noted may have been taken back since.
    const entry = database.peek(due.key);
    if (entry === undefined) database.fieldExpiries.delete(due.key);
    else database.noteFields(due.key, entry.value as FieldHash);
  }
}
