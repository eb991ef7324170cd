import { isPenknifeError, reportListenerError, type Timer } from '@penknife/core';
import { removeMember } from '../presence/presence-commands.js';
import type { SharedParts } from '../shared-parts.js';
import { renewScript } from './request-commands.js';

/** The leases of this process' responders of one definition: one timer renews all of them in one batch. */
export class ResponderLeases {
  readonly #driver: SharedParts['driver'];
  readonly #leaseMs: number;
  readonly #held = new Map<string, string>();
  #timer: Timer | undefined;

  constructor(driver: SharedParts['driver'], leaseMs: number) {
    this.#driver = driver;
    this.#leaseMs = leaseMs;
  }

  /** Begins a lease; from then on it is renewed. */
  async begin(id: string, key: string): Promise<void> {
    await this.#driver.send(renewScript([key], [id, this.#leaseMs]));
    this.#held.set(id, key);
    this.#arm(this.#leaseMs / 3);
  }

  /** Ends a lease: nobody is told to expect an answer any more. */
  async end(id: string): Promise<void> {
    const key = this.#held.get(id);
    if (key === undefined) return;
    this.#held.delete(id);
    if (this.#held.size === 0) {
      this.#timer?.cancel();
      this.#timer = undefined;
    }
    await this.#driver.send(removeMember('ZREM', key, id));
  }

  #arm(delayMs: number): void {
    this.#timer ??= this.#driver.clock.timer(delayMs, () => {
      this.#timer = undefined;
      this.#renew().catch(reportListenerError);
    });
  }

  async #renew(): Promise<void> {
    const held = [...this.#held];
    const outcomes = await this.#driver.batch(
      held.map(([id, key]) => renewScript([key], [id, this.#leaseMs])),
    );
    const failed = outcomes.flatMap((outcome) => (outcome.ok ? [] : [outcome.error]));
    // Whoever closed the driver alone has ended this too. A server that does not answer is asked again soon.
    if (failed.some((error) => isPenknifeError(error) && error.code === 'CLOSED')) this.#held.clear();
    // One that was ended meanwhile may have been renewed after it.
    const late = held.filter(([id]) => !this.#held.has(id));
    if (this.#held.size > 0)
      this.#arm(failed.length > 0 ? Math.min(this.#leaseMs / 3, 1000) : this.#leaseMs / 3);
    for (const [id, key] of late) await this.#driver.send(removeMember('ZREM', key, id));
  }
}
