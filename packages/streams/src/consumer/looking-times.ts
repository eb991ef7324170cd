import type { Clock, Timer } from '@penknife/core';

/** What a consumer looks for from time to time: new entries, retries that are due, what dead consumers left. */
export type Look = 'fresh' | 'due' | 'sweep';

/** What a consumer has to look for next: its group, what is pending in its own name, and what it looks for from time to time. */
export type Wants = { [What in Look | 'group' | 'own']: boolean };

/** When a consumer looks for what without being woken. */
export class LookingTimes {
  readonly #clock: Clock;
  readonly #look: (what: Look) => void;
  readonly #timers: { [What in Look]?: Timer } = {};
  #dueAtMs = Number.POSITIVE_INFINITY;
  #stopped = false;

  constructor(clock: Clock, look: (what: Look) => void) {
    this.#clock = clock;
    this.#look = look;
  }

  /** New entries are looked for every `pollMs`, woken or not. */
  poll(pollMs: number): void {
    this.#set('fresh', pollMs, () => {
      this.poll(pollMs);
      this.#look('fresh');
    });
  }

  /** A retry is due in `delayMs`: it is looked for then, unless one is due earlier. */
  retryIn(delayMs: number): void {
    const atMs = this.#clock.monotonic() + delayMs;
    if (atMs >= this.#dueAtMs || this.#stopped) return;
    this.#dueAtMs = atMs;
    this.#set('due', delayMs, () => {
      this.#dueAtMs = Number.POSITIVE_INFINITY;
      this.#look('due');
    });
  }

  /** What dead consumers left is looked for in `delayMs`. */
  sweepIn(delayMs: number): void {
    this.#set('sweep', delayMs, () => this.#look('sweep'));
  }

  stop(): void {
    this.#stopped = true;
    for (const timer of Object.values(this.#timers)) timer.cancel();
  }

  #set(what: Look, delayMs: number, listener: () => void): void {
    this.#timers[what]?.cancel();
    if (!this.#stopped) this.#timers[what] = this.#clock.timer(delayMs, listener);
  }
}
