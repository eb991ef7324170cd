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
  /** How long the last probe was on its way, in ms; undefined before the first one, and after one that did not arrive. */
  readonly probeMs: number | undefined;
  /** How often the connection was renewed because it was deaf. */
  readonly renewals: number;
}

/** How long a probe may take. */
const patienceMs = 5000;

/**
 * Finds a connection that is healthy for TCP and deaf: while anybody listens and nothing arrives, it publishes to a channel of
 * its own, and when the server took that and it does not come back, the connection is renewed. One timer for all channels.
 * After Centrifugo's probe (centrifugal/centrifuge#594).
 */
export class Liveness {
  readonly #driver: Driver;
  readonly #channel: string;
  readonly #intervalMs: number;
  #listeners = 0;
  #heard = false;
  #timer: Timer | undefined;
  #subscription: Promise<FeedSubscription> | undefined;
  #arrived: (() => void) | undefined;
  #probeMs: number | undefined;
  #renewals = 0;

  constructor(driver: Driver, channel: string, intervalMs: number) {
    this.#driver = driver;
    this.#channel = channel;
    this.#intervalMs = intervalMs;
  }

  get health(): Health {
    return { probeMs: this.#probeMs, renewals: this.#renewals };
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
    const timer = this.#driver.clock.timer(this.#intervalMs, () => {
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
    const began = clock.monotonic();
    let timer: Timer | undefined;
    const outcome = new Promise<'arrived' | 'deaf'>((resolve) => {
      this.#arrived = () => resolve('arrived');
      timer = clock.timer(Math.min(patienceMs, this.#intervalMs), () => resolve('deaf'));
    });
    try {
      await this.#driver.send(publish(this.#channel, false, 'probe', () => undefined));
      const isDeaf = (await outcome) === 'deaf' && !this.#heard;
      if (this.#listeners === 0) return;
      this.#probeMs = isDeaf ? undefined : clock.monotonic() - began;
      if (!isDeaf) return;
      this.#renewals++;
      sharedFeed(this.#driver).renew('a probe was published and did not arrive: the connection was deaf');
    } finally {
      timer?.cancel();
      this.#arrived = undefined;
    }
  }

  async #listening(): Promise<void> {
    if (this.#subscription === undefined) {
      const opening = sharedFeed(this.#driver).listen('channel', this.#channel, {
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
