import type { Clock } from '@penknife/core';

/** `serving`: calls are sent. `failing`: none is, for a while. `probing`: one is, to see. */
export type Health = 'serving' | 'failing' | 'probing';

/** Stops asking who does not answer, and asks one call now and then whether that is over. */
export class Breaker {
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #failures: number;
  readonly #probeEveryMs: number;
  readonly #changed: (health: Health) => void;
  #health: Health = 'serving';
  #inARow = 0;
  #probeAt = 0;

  constructor(
    clock: Pick<Clock, 'monotonic'>,
    failures: number,
    probeEveryMs: number,
    changed: (health: Health) => void,
  ) {
    this.#clock = clock;
    this.#failures = failures;
    this.#probeEveryMs = probeEveryMs;
    this.#changed = changed;
  }

  get health(): Health {
    return this.#health;
  }

  /** Whether this call may be sent. The one that may while failing is the probe. */
  admits(): boolean {
    if (this.#health === 'serving') return true;
    // A probe that never came back does not keep the breaker open for good.
    if (this.#clock.monotonic() < this.#probeAt) return false;
    this.#probeAt = this.#clock.monotonic() + this.#probeEveryMs;
    this.#turn('probing');
    return true;
  }

  succeeded(): void {
    this.#inARow = 0;
    this.#turn('serving');
  }

  /** A call ended without a word of the server's state: was it the probe, the next one is. */
  notAsked(): void {
    if (this.#health === 'probing') this.#probeAt = this.#clock.monotonic();
  }

  failed(): void {
    this.#inARow += 1;
    if (this.#health === 'serving' && this.#inARow < this.#failures) return;
    this.#probeAt = this.#clock.monotonic() + this.#probeEveryMs;
    this.#turn('failing');
  }

  /** How long until the next probe, in ms. */
  untilProbeMs(): number {
    return Math.max(1, Math.ceil(this.#probeAt - this.#clock.monotonic()));
  }

  #turn(health: Health): void {
    if (health === this.#health) return;
    this.#health = health;
    this.#changed(health);
  }
}
