import {
  type Driver,
  type FeedSubscription,
  isPenknifeError,
  reportListenerError,
  sharedFeed,
  type Timer,
} from '@penknife/core';
import { publish } from '../commands.js';

/** Whether what is published arrives here. */
export interface Health {
  /** How long the last probe was on its way, of several the slowest, in ms; undefined when none has arrived lately. */
  readonly probeMs: number | undefined;
  /** How often the connections were renewed because one was deaf. */
  readonly renewals: number;
}

/** What one probe is made of. */
export interface LivenessParts {
  /** Where it is published, which nobody else listens to. */
  readonly channel: string;
  readonly sharded: boolean;
  readonly intervalMs: number;
  /** The server took a probe, and it did not come back. */
  deaf(): void;
}

/** How long a probe may take. */
const patienceMs = 5000;

/**
 * Finds a connection that is healthy for TCP and deaf: while anybody listens and nothing arrives, it publishes to a channel of
 * its own, and when the server took that and it does not come back, the connection is deaf. One timer for all channels.
 * After Centrifugo's probe (centrifugal/centrifuge#594).
 */
export class Liveness {
  readonly #driver: Driver;
  readonly #parts: LivenessParts;
  #listeners = 0;
  #heard = false;
  #timer: Timer | undefined;
  #subscription: Promise<FeedSubscription> | undefined;
  #arrived: (() => void) | undefined;
  #probeMs: number | undefined;

  constructor(driver: Driver, parts: LivenessParts) {
    this.#driver = driver;
    this.#parts = parts;
  }

  get probeMs(): number | undefined {
    return this.#probeMs;
  }

  /** Something is listened to; the returned function says that it no longer is. */
  add(): () => void {
    this.#listeners++;
    this.#arm();
    return () => {
      if (--this.#listeners === 0) this.#rest();
    };
  }

  /** A message came: no need to ask for now. */
  heard(): void {
    this.#heard = true;
  }

  #arm(): void {
    if (this.#timer !== undefined || this.#listeners === 0) return;
    const timer = this.#driver.clock.timer(this.#parts.intervalMs, () => {
      this.#tick()
        .catch((error) => {
          // Whoever closed the driver alone has ended this too. A server that does not answer tells nothing about deafness.
          if (isPenknifeError(error) && error.code === 'CLOSED') this.#listeners = 0;
        })
        .finally(() => {
          if (this.#timer !== timer) return;
          this.#timer = undefined;
          this.#arm();
        })
        .catch(reportListenerError);
    });
    this.#timer = timer;
  }

  #rest(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#arrived?.();
    const subscription = this.#subscription;
    this.#subscription = undefined;
    subscription?.then((open) => open.close()).catch(reportListenerError);
  }

  async #tick(): Promise<void> {
    if (this.#heard) {
      this.#heard = false;
      return;
    }
    await this.#listening();
    if (this.#listeners === 0) return;
    const { clock } = this.#driver;
    const { channel, sharded, intervalMs, deaf } = this.#parts;
    const began = clock.monotonic();
    let timer: Timer | undefined;
    const outcome = new Promise<'arrived' | 'deaf'>((resolve) => {
      this.#arrived = () => resolve('arrived');
      timer = clock.timer(Math.min(patienceMs, intervalMs), () => resolve('deaf'));
    });
    try {
      await this.#driver.send(publish(channel, sharded, 'probe', () => undefined));
      const arrived = (await outcome) === 'arrived';
      if (this.#listeners === 0) return;
      this.#probeMs = arrived ? clock.monotonic() - began : undefined;
      if (!arrived && !this.#heard) deaf();
    } finally {
      timer?.cancel();
      this.#arrived = undefined;
    }
  }

  async #listening(): Promise<void> {
    if (this.#subscription === undefined) {
      const { channel, sharded } = this.#parts;
      const opening = sharedFeed(this.#driver).listen(sharded ? 'shard' : 'channel', channel, {
        message: () => this.#arrived?.(),
      });
      this.#subscription = opening;
      opening.catch(() => {
        if (this.#subscription === opening) this.#subscription = undefined;
      });
    }
    await this.#subscription;
  }
}
