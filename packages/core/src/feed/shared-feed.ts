import type { Overflow } from '../bounded-queue.js';
import { checkObject } from '../checks/check-call.js';
import { checkDriver } from '../checks/check-driver.js';
import type { Driver } from '../contract/driver.js';
import type { Feed, FeedKind } from '../contract/feed.js';
import { InvalidArgumentError } from '../errors/invalid-argument-error.js';
import { checkSubscription } from './check-subscription.js';
import { type FeedListener, ListenerQueue } from './listener-queue.js';

/** How a listener is served. */
export interface ListenOptions {
  /** How many messages may wait while the listener's promise is pending. Default 1000. */
  readonly queueLimit?: number;
  /** What a full queue drops. Default `'drop-oldest'`. The listener hears of it as a gap. */
  readonly overflow?: Exclude<Overflow, 'refuse'>;
}

/** One listener's subscription. */
export interface FeedSubscription {
  /** Messages this listener lost to its own slowness. */
  readonly dropped: number;
  /** Ends it: no call of the listener follows. Resolves when the server has acknowledged, if it was the last. Repeatable. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** The one feed that all patterns of a process share, per driver. */
export interface SharedFeed {
  /**
   * Resolves after the server's acknowledgement: whatever is published from then on arrives. Rejects with a
   * `ConnectionError` when there was none within the driver's `deadlineMs`; nothing of it is left then.
   */
  listen(
    kind: FeedKind,
    name: string,
    listener: FeedListener,
    options?: ListenOptions,
  ): Promise<FeedSubscription>;
  /**
   * Drops the connection and builds another, for a listener who knows that it is deaf (an expected message did not come).
   * All listeners, those of other patterns too, hear a gap with this reason once they are subscribed anew.
   */
  renew(reason: string): void;
}

interface Channel {
  readonly kind: FeedKind;
  readonly name: string;
  readonly queues: Set<ListenerQueue>;
}

const feeds = new WeakMap<Driver, SharedFeed>();

/**
 * The shared feed of a driver: one connection, one server subscription per channel whatever the number of listeners.
 * It opens with the first listener and closes with the last.
 */
export function sharedFeed(driver: Driver): SharedFeed {
  checkDriver(driver);
  let feed = feeds.get(driver);
  if (feed === undefined) {
    feed = createSharedFeed(driver);
    feeds.set(driver, feed);
  }
  return feed;
}

function createSharedFeed(driver: Driver): SharedFeed {
  const channels = new Map<string, Channel>();
  let feed: Promise<Feed> | undefined;

  const sink = {
    message(kind: FeedKind, channel: string, payload: Uint8Array, pattern?: string): void {
      const found = channels.get(idOf(kind, pattern ?? channel));
      if (found !== undefined) for (const queue of found.queues) queue.message(payload, channel, pattern);
    },
    gap(scope: 'all' | readonly string[], reason: string): void {
      const names = scope === 'all' ? undefined : new Set(scope);
      for (const channel of channels.values()) {
        if (names?.has(channel.name) === false) continue;
        for (const queue of channel.queues) queue.gap(reason);
      }
    },
    invalidated: () => undefined,
  };

  function opened(): Promise<Feed> {
    if (feed === undefined) {
      const opening = driver.openFeed(sink);
      feed = opening;
      opening.catch(() => {
        if (feed === opening) feed = undefined;
      });
    }
    return feed;
  }

  async function leave(channel: Channel, queue: ListenerQueue): Promise<void> {
    queue.close();
    channel.queues.delete(queue);
    const id = idOf(channel.kind, channel.name);
    if (channel.queues.size > 0 || channels.get(id) !== channel) return;
    channels.delete(id);
    const open = feed;
    if (open === undefined) return;
    if (channels.size === 0) await closeUnused();
    else await (await open).unsubscribe(channel.kind, channel.name);
  }

  /** Closes the feed that nobody listens to. */
  async function closeUnused(): Promise<void> {
    const open = feed;
    if (open === undefined || channels.size > 0) return;
    feed = undefined;
    await open.then(
      (unused) => unused.close(),
      // It could not be opened: then there is nothing to close, and whoever asked has heard of it.
      () => undefined,
    );
  }

  return {
    async listen(kind, name, listener, options = {}) {
      checkSubscription(kind, name);
      checkListener(listener, options);
      const { queueLimit = 1000, overflow = 'drop-oldest' } = options;
      const queue = new ListenerQueue(listener, queueLimit, overflow);
      const id = idOf(kind, name);
      let channel = channels.get(id);
      if (channel === undefined) {
        channel = { kind, name, queues: new Set() };
        channels.set(id, channel);
      }
      channel.queues.add(queue);
      const joined = channel;
      try {
        // Asked for by every listener: while the connection is cut, or after a refusal, what another was told is no longer so.
        await (await opened()).subscribe(kind, name);
      } catch (error) {
        queue.close();
        joined.queues.delete(queue);
        if (joined.queues.size === 0 && channels.get(id) === joined) channels.delete(id);
        await closeUnused();
        throw error;
      }
      let left: Promise<void> | undefined;
      const close = (): Promise<void> => (left ??= leave(joined, queue));
      return {
        get dropped() {
          return queue.dropped;
        },
        close,
        [Symbol.asyncDispose]: close,
      };
    },
    renew(reason) {
      // One that could not be opened has nothing to renew, and whoever asked for it has heard.
      void feed?.then(
        (open) => open.renew(reason),
        () => undefined,
      );
    },
  };
}

function checkListener(listener: FeedListener, options: ListenOptions): void {
  checkObject('listener', listener);
  if (typeof listener.message !== 'function')
    throw new InvalidArgumentError('listener.message', 'must be a function', listener.message);
  if (listener.gap !== undefined && typeof listener.gap !== 'function')
    throw new InvalidArgumentError('listener.gap', 'must be a function', listener.gap);
  checkObject('options', options);
  const { overflow = 'drop-oldest' } = options;
  if (overflow !== 'drop-oldest' && overflow !== 'drop-newest')
    throw new InvalidArgumentError('overflow', "must be 'drop-oldest' or 'drop-newest'", overflow);
}

function idOf(kind: FeedKind, name: string): string {
  return `${kind} ${name}`;
}
