import type { Clock } from '@penknife/core';

/** The server's clock as this process knows it from one answer, carried on by the monotonic clock. */
export class ServerClock {
  readonly #clock: Clock;
  #serverMs = 0;
  #sentAt = 0;
  #answeredAt: number | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** An answer that told the time of the server. */
  tell(serverMs: number, sentAt: number): void {
    this.#serverMs = serverMs;
    this.#sentAt = sentAt;
    this.#answeredAt = this.#clock.monotonic();
  }

  get known(): boolean {
    return this.#answeredAt !== undefined;
  }

  /** How long ago it was told, in ms. */
  get age(): number {
    return this.#clock.monotonic() - (this.#answeredAt ?? Number.NEGATIVE_INFINITY);
  }

  /** Not earlier than it is: for judging age. */
  latest(): number {
    return this.#at(this.#sentAt);
  }

  /** Not later than it is: for stamping. */
  earliest(): number {
    return this.#at(this.#answeredAt ?? 0);
  }

  #at(then: number): number {
    return this.known ? this.#serverMs + Math.floor(this.#clock.monotonic() - then) : 0;
  }
}
