import type { Clock, Timer } from '@penknife/core';

/** One whose commands are put off. */
export interface PausedClient {
  /** Runs what was put off. */
  drain(): void;
}

/** CLIENT PAUSE: commands of clients wait until a time, or until CLIENT UNPAUSE. */
export class ClientPause {
  readonly #clock: Clock;
  #timer: Timer | undefined;
  #until = 0;
  #writesOnly = false;
  readonly #waiting = new Set<PausedClient>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get isActive(): boolean {
    return this.#timer !== undefined;
  }

  /** Whether a command waits. */
  holds(mayWrite: boolean): boolean {
    return this.isActive && (mayWrite || !this.#writesOnly);
  }

  /** A pause under way only gets longer, and stricter. */
  start(untilMs: number, writesOnly: boolean, ended: () => void): void {
    if (!this.isActive) this.#writesOnly = writesOnly;
    else if (!writesOnly) this.#writesOnly = false;
    this.#until = this.isActive ? Math.max(this.#until, untilMs) : untilMs;
    this.#timer?.cancel();
    this.#timer = this.#clock.timer(Math.max(0, this.#until - this.#clock.now()), ended);
  }

  putOff(client: PausedClient): void {
    this.#waiting.add(client);
  }

  /** Everybody goes on, in the order they came. */
  end(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const client of waiting) client.drain();
  }

  /** Nothing stays armed. */
  close(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#waiting.clear();
  }
}
