import {
  type Driver,
  type FeedKind,
  type FeedSubscription,
  reportListenerError,
  sharedFeed,
} from '@penknife/core';
import type { Outbox } from '../listener/outbox.js';
import type { Hub, Since } from './hub.js';
import type { Probes } from './probes.js';

interface Entry<T> {
  readonly hub: Hub<T>;
  readonly channel: string;
  readonly members: Set<Outbox<T>>;
  readonly ready: Promise<void>;
  /** Tells the probe that nobody listens here any more. */
  readonly quiet: (() => void) | undefined;
  subscription: FeedSubscription | undefined;
}

/** What a hub looks like from outside. */
export interface HubView {
  /** The server channel, or the glob. */
  readonly channel: string;
  readonly listeners: number;
  readonly position: Hub<unknown>['position'];
  readonly lastGap: Hub<unknown>['lastGap'];
}

/**
 * One hub a server channel while anybody listens. The second listener of a channel that is not live yet waits for the same
 * acknowledgement; the last one to leave ends it, and one that comes at that moment begins a new one.
 */
export class HubRegistry<T> {
  readonly #driver: Driver;
  readonly #probes: Probes | undefined;
  readonly #entries = new Map<string, Entry<T>>();

  constructor(driver: Driver, probes: Probes | undefined) {
    this.#driver = driver;
    this.#probes = probes;
  }

  /** Resolves, once whatever is published reaches the outbox, to nothing; `leave` undoes it, at any time. */
  async join(
    kind: FeedKind,
    channel: string,
    make: () => Hub<T>,
    outbox: Outbox<T>,
    since: Since | undefined,
  ): Promise<void> {
    let entry = this.#entries.get(channel);
    if (entry === undefined) {
      entry = this.#open(kind, channel, make());
      this.#entries.set(channel, entry);
    }
    entry.members.add(outbox);
    try {
      await Promise.race([entry.ready, outbox.gone]);
      if (!outbox.closed) await entry.hub.join(outbox, since);
      if (outbox.closed) entry.hub.leave(outbox);
    } catch (error) {
      await this.leave(channel, outbox);
      throw error;
    }
  }

  /** Ends a membership. Resolves when the server has acknowledged, if it was the last. */
  async leave(channel: string, outbox: Outbox<T>): Promise<void> {
    outbox.close();
    const entry = this.#entries.get(channel);
    if (entry === undefined || !entry.members.delete(outbox)) return;
    entry.hub.leave(outbox);
    if (entry.members.size > 0) return;
    this.#entries.delete(channel);
    entry.hub.close();
    entry.quiet?.();
    // One that is not live yet ends by itself when it sees that it has no members.
    await entry.subscription?.close();
  }

  views(): HubView[] {
    return [...this.#entries.values()].map(({ channel, hub, members }) => ({
      channel,
      listeners: members.size,
      position: hub.position,
      lastGap: hub.lastGap,
    }));
  }

  hubs(): Iterable<Hub<T>> {
    return [...this.#entries.values()].map(({ hub }) => hub);
  }

  async close(): Promise<void> {
    const leaving = [...this.#entries.values()].flatMap(({ channel, members }) =>
      [...members].map((outbox) => this.leave(channel, outbox)),
    );
    await Promise.all(leaving);
  }

  #open(kind: FeedKind, channel: string, hub: Hub<T>): Entry<T> {
    const probed = this.#probes?.of(kind, channel);
    const listener = {
      message(payload: Uint8Array, serverChannel: string): void {
        probed?.heard();
        hub.received(payload, serverChannel);
      },
      gap: (reason: string): void => hub.interrupted(reason),
    };
    const begin = async (): Promise<void> => {
      const subscription = await sharedFeed(this.#driver).listen(kind, channel, listener);
      if (entry.members.size === 0) {
        await subscription.close();
        return;
      }
      entry.subscription = subscription;
      await hub.start();
    };
    const entry: Entry<T> = {
      hub,
      channel,
      members: new Set(),
      quiet: probed?.add(),
      // In a later turn: the entry has to be there before anything happens to it.
      ready: Promise.resolve().then(begin),
      subscription: undefined,
    };
    // Members hear of a failure through their own `join`; when all of them left before, nobody is there to hear.
    entry.ready.catch((error) => {
      if (entry.members.size === 0) reportListenerError(error);
    });
    return entry;
  }
}
