import type { Clock } from '../contract/clock.js';
import type { Feed, FeedKind, FeedSink } from '../contract/feed.js';
import type { Lane } from '../contract/lane.js';
import type { RandomSource } from '../contract/random.js';
import { ClosedError } from '../errors/closed-error.js';
import { ConnectionError } from '../errors/connection-error.js';
import type { PenknifeError } from '../errors/penknife-error.js';
import { checkSubscription } from '../feed/check-subscription.js';
import { reportListenerError, runListener } from '../feed/listener-errors.js';
import { ShardNodes } from './shard-nodes.js';
import { silenceMsOf } from './silence.js';
import { SubscribeInTime } from './subscribe-in-time.js';
import { SubscriptionHome } from './subscription-home.js';
import { Tracking } from './tracking.js';
import type { SubscriberConnection, SubscriberEvents, Transport } from './transport.js';
import type { Wanted } from './wanted-subscription.js';

/** What a feed is made of. */
export interface ManagedFeedParts {
  readonly transport: Transport;
  readonly sink: FeedSink;
  readonly clock: Clock;
  readonly random: RandomSource;
  /** Key prefixes whose changes are to be told; undefined: none, an empty list: all keys. */
  readonly tracking: readonly string[] | undefined;
  /** How long a call waits for the server's acknowledgement. */
  readonly deadlineMs: number;
  openLane(key: string | undefined): Promise<Lane>;
  ended(): void;
}

/** The home of channels and patterns, which live on any one node. */
const anyNode = '*';

/** A feed over connections that never reconnect: re-subscription, gaps and slot moves are made here, once for all clients. */
export function createManagedFeed(parts: ManagedFeedParts): Feed {
  const { transport, sink } = parts;
  const homes = new Map<string, SubscriptionHome>();
  /** Shard channels that left one node and have not arrived at the next. */
  const moving = new Map<string, Wanted>();
  /** Subscriptions whose node is being looked for. */
  const searches = new Set<{ readonly name: string; wanted: boolean }>();
  const closing = new AbortController();
  const shards = new ShardNodes({ ...parts, closing: closing.signal });
  let closed = false;

  function deliver(act: () => unknown): void {
    if (!closed) void runListener(act);
  }

  const events = (homeName: string, lost: (error: unknown) => void): SubscriberEvents => ({
    message: (kind, channel, payload, pattern) => {
      if (!(payload instanceof Uint8Array)) return;
      homes.get(homeName)?.heard(kind, pattern ?? channel);
      deliver(() => sink.message(kind, channel, payload, pattern));
    },
    unsubscribed: (channel) => {
      const entry = homes.get(homeName)?.entry('shard', channel);
      if (entry?.live && entry.wanted) {
        entry.live = false;
        entry.interrupted = true;
        move(homeName, entry);
      }
    },
    lost,
  });

  /** A subscription that had been acknowledged is no more, and nobody waits to hear of it. */
  function ended(entry: Wanted, error: PenknifeError): void {
    reportListenerError(error);
    deliver(() => sink.gap([entry.name], `the subscription ended: ${error.message}`));
  }

  function home(name: string): SubscriptionHome {
    let found = homes.get(name);
    if (found === undefined) {
      found = new SubscriptionHome({
        clock: parts.clock,
        random: parts.random,
        silenceMs: silenceMsOf(transport.silenceMs),
        open: async ({ lost }): Promise<SubscriberConnection> =>
          transport.openSubscriber(name === anyNode ? undefined : shards.channelOn(name), events(name, lost)),
        translate: (error) => transport.translate(error),
        recovered: (entries, reason) => {
          const everything =
            homes.size === 1 && entries.length === homes.get(name)?.size && parts.tracking === undefined;
          deliver(() => sink.gap(everything ? 'all' : entries.map((entry) => entry.name), reason));
        },
        refused: ended,
        moved: (entry) => move(name, entry),
      });
      homes.set(name, found);
    }
    return found;
  }

  /** A node without subscriptions needs no connection; that of ordinary channels stays. */
  function closeEmpty(homeName: string): void {
    const found = homes.get(homeName);
    if (homeName === anyNode || found === undefined || found.size > 0) return;
    found.close();
    homes.delete(homeName);
  }

  function hasOwnNode(kind: FeedKind): boolean {
    return kind === 'shard' && transport.topology === 'cluster';
  }

  function homeNameOf(kind: FeedKind, name: string): string {
    return hasOwnNode(kind) ? (shards.nodeOf(name) ?? anyNode) : anyNode;
  }

  function move(from: string, entry: Wanted): void {
    homes.get(from)?.release(entry);
    closeEmpty(from);
    moving.set(entry.name, entry);
    const { waiters } = entry;
    entry.waiters = [];
    const again = async (): Promise<void> => {
      await shards.settling();
      const node = await shards.located(entry.name, true, () => entry.wanted);
      if (node !== undefined) await home(node).add(entry.kind, entry.name, entry.interrupted);
    };
    const moved = again().finally(() => {
      if (moving.get(entry.name) === entry) moving.delete(entry.name);
    });
    moved.then(
      () => {
        for (const waiter of waiters) waiter.resolve();
      },
      (error) => {
        for (const waiter of waiters) waiter.reject(error);
        if (waiters.length === 0 && !closed) ended(entry, transport.translate(error));
      },
    );
  }

  async function join(kind: FeedKind, name: string): Promise<void> {
    if (!hasOwnNode(kind)) return home(anyNode).add(kind, name, false);
    const search = { name, wanted: true };
    searches.add(search);
    // The turn ends with the look-up; the acknowledgement is waited for outside of it.
    const added = await shards.inTurn(name, async () => {
      try {
        const node = await shards.located(name, false, () => search.wanted);
        return { node, live: node === undefined ? undefined : home(node).add(kind, name, false) };
      } finally {
        searches.delete(search);
      }
    });
    try {
      await added.live;
    } catch (error) {
      // Nothing stays of one that was refused.
      const refusing = added.node === undefined ? undefined : homes.get(added.node);
      if (added.node !== undefined && refusing?.entry(kind, name) === undefined) {
        shards.forget(name);
        closeEmpty(added.node);
      }
      throw error;
    }
  }

  async function leave(kind: FeedKind, name: string): Promise<void> {
    if (!hasOwnNode(kind)) return homes.get(anyNode)?.remove(kind, name);
    for (const search of searches) if (search.name === name) search.wanted = false;
    const left = await shards.inTurn(name, async () => ({ over: leaveNode(kind, name) }));
    await left.over;
  }

  async function leaveNode(kind: FeedKind, name: string): Promise<void> {
    const homeName = homeNameOf(kind, name);
    // On its way between two nodes it lives on neither: it only must not arrive.
    const onItsWay = moving.get(name);
    if (onItsWay !== undefined) onItsWay.wanted = false;
    const found = homes.get(homeName);
    await found?.remove(kind, name);
    if (found?.entry(kind, name) === undefined) shards.forget(name);
    closeEmpty(homeName);
  }

  const tracking = parts.tracking && new Tracking({ ...parts, prefixes: parts.tracking, deliver });

  function checked(kind: FeedKind, name: string): void {
    if (closed) throw new ClosedError('feed');
    checkSubscription(kind, name);
  }

  const inTime = new SubscribeInTime({
    clock: parts.clock,
    deadlineMs: parts.deadlineMs,
    late(kind, name) {
      const found = homes.get(homeNameOf(kind, name));
      return new ConnectionError(
        `no answer on the ${kind} ${JSON.stringify(name)} within the deadline of ${parts.deadlineMs} ms`,
        {
          sent: found?.connected ? 'maybe' : 'no',
          cause: found === undefined ? shards.failure : found.failure,
        },
      );
    },
    withdraw(kind, name) {
      if (!closed) leave(kind, name).catch(reportListenerError);
    },
  });

  const feed: Feed = {
    async subscribe(kind, name) {
      checked(kind, name);
      await inTime.subscribe(kind, name, () => join(kind, name));
    },
    async unsubscribe(kind, name) {
      checked(kind, name);
      await inTime.unsubscribe(kind, name, () => leave(kind, name));
    },
    renew(reason) {
      if (closed) return;
      for (const each of homes.values()) each.renew(reason);
      tracking?.renew();
    },
    async close() {
      if (closed) return;
      closed = true;
      closing.abort(new ClosedError('feed'));
      for (const each of homes.values()) each.close();
      homes.clear();
      await tracking?.close();
      parts.ended();
    },
    [Symbol.asyncDispose]: () => feed.close(),
  };
  return feed;
}
