import type { Clock } from '../contract/clock.js';
import type { Feed, FeedKind, FeedSink } from '../contract/feed.js';
import type { Lane } from '../contract/lane.js';
import type { RandomSource } from '../contract/random.js';
import { ClosedError } from '../errors/closed-error.js';
import { InvalidArgumentError } from '../errors/invalid-argument-error.js';
import { reportListenerError } from '../feed/listener-errors.js';
import { backoffMs } from '../time/backoff.js';
import { SubscriptionHome, type Wanted } from './subscription-home.js';
import { Tracking } from './tracking.js';
import type { SubscriberConnection, SubscriberEvents, Transport } from './transport.js';

/** What a feed is made of. */
export interface ManagedFeedParts {
  readonly transport: Transport;
  readonly sink: FeedSink;
  readonly clock: Clock;
  readonly random: RandomSource;
  /** Key prefixes whose changes are to be told; undefined: none, an empty list: all keys. */
  readonly tracking: readonly string[] | undefined;
  openLane(key: string | undefined): Promise<Lane>;
  ended(): void;
}

const moveBackoff = { baseMs: 50, maxMs: 1000, jitter: 'equal' } as const;
/** The home of channels and patterns, which live on any one node. */
const anyNode = '*';

/** A feed over connections that never reconnect: re-subscription, gaps and slot moves are made here, once for all clients. */
export function createManagedFeed(parts: ManagedFeedParts): Feed {
  const { transport, sink } = parts;
  const homes = new Map<string, SubscriptionHome>();
  /** Which home a shard channel lives in, to find it again after its slot moved. */
  const shardHomes = new Map<string, string>();
  /** Shard channels that left one node and have not arrived at the next. */
  const moving = new Map<string, Wanted>();
  const turns = new Map<string, Promise<void>>();
  const closing = new AbortController();
  let closed = false;

  function deliver(act: () => void): void {
    if (closed) return;
    try {
      act();
    } catch (error) {
      reportListenerError(error);
    }
  }

  const events = (homeName: string, lost: (error: unknown) => void): SubscriberEvents => ({
    message: (kind, channel, payload, pattern) => {
      if (payload instanceof Uint8Array) deliver(() => sink.message(kind, channel, payload, pattern));
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

  function home(name: string): SubscriptionHome {
    let found = homes.get(name);
    if (found === undefined) {
      found = new SubscriptionHome({
        clock: parts.clock,
        random: parts.random,
        open: async ({ lost }): Promise<SubscriberConnection> =>
          transport.openSubscriber(name === anyNode ? undefined : shardOf(name), events(name, lost)),
        translate: (error) => transport.translate(error),
        recovered: (entries, reason) => {
          const everything = homes.size === 1 && parts.tracking === undefined;
          deliver(() => sink.gap(everything ? 'all' : entries.map((entry) => entry.name), reason));
        },
        moved: (entry) => move(name, entry),
      });
      homes.set(name, found);
    }
    return found;
  }

  /** Any shard channel of a home, by which the transport finds the node. */
  function shardOf(homeName: string): string | undefined {
    for (const [channel, name] of shardHomes) if (name === homeName) return channel;
    return undefined;
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

  async function homeOf(name: string, moved: boolean): Promise<SubscriptionHome> {
    const node = await transport.nodeOf(name, moved);
    shardHomes.set(name, node);
    return home(node);
  }

  function move(from: string, entry: Wanted): void {
    const source = homes.get(from);
    source?.release(entry);
    closeEmpty(from);
    moving.set(entry.name, entry);
    const { waiters } = entry;
    entry.waiters = [];
    const again = async (): Promise<void> => {
      for (let attempt = 1; ; attempt++) {
        // While slots move the answers change from moment to moment: asking at once again would only spin.
        await parts.clock.sleep(backoffMs(moveBackoff, attempt, parts.random), closing.signal);
        const target = await homeOf(entry.name, true).catch(() => undefined);
        if (closed) throw new ClosedError('feed');
        if (!entry.wanted) return;
        // Nobody to ask just now: a subscription is never dropped for that.
        if (target !== undefined) return target.add(entry.kind, entry.name, entry.interrupted);
      }
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
        if (waiters.length === 0 && !closed) reportListenerError(error);
      },
    );
  }

  /** Calls for one shard channel, in their order: looking its node up takes time, and the last call must win. */
  function inTurn<T>(name: string, act: () => Promise<T>): Promise<T> {
    const turn = (turns.get(name) ?? Promise.resolve()).then(act);
    const over: Promise<void> = turn.then(
      () => undefined,
      () => undefined,
    );
    turns.set(name, over);
    void over.then(() => {
      if (turns.get(name) === over) turns.delete(name);
    });
    return turn;
  }

  async function leave(kind: FeedKind, name: string): Promise<void> {
    const homeName = hasOwnNode(kind) ? (shardHomes.get(name) ?? anyNode) : anyNode;
    // On its way between two nodes it lives on neither: it only must not arrive.
    const onItsWay = hasOwnNode(kind) ? moving.get(name) : undefined;
    if (onItsWay !== undefined) onItsWay.wanted = false;
    const found = homes.get(homeName);
    await found?.remove(kind, name);
    if (found?.entry(kind, name) === undefined) shardHomes.delete(name);
    closeEmpty(homeName);
  }

  const tracking = parts.tracking && new Tracking({ ...parts, prefixes: parts.tracking, deliver });

  function checked(name: string): void {
    if (closed) throw new ClosedError('feed');
    if (typeof name !== 'string' || name.length === 0) {
      throw new InvalidArgumentError('name', 'must be a string that is not empty', name);
    }
  }

  const feed: Feed = {
    async subscribe(kind, name) {
      checked(name);
      if (!hasOwnNode(kind)) return home(anyNode).add(kind, name, false);
      // The turn ends with the look-up; the acknowledgement is waited for outside of it.
      const added = await inTurn(name, async () => {
        const found = await homeOf(name, false);
        if (closed) throw new ClosedError('feed');
        return { live: found.add(kind, name, false) };
      });
      await added.live;
    },
    async unsubscribe(kind, name) {
      checked(name);
      if (!hasOwnNode(kind)) return leave(kind, name);
      const left = await inTurn(name, async () => ({ over: leave(kind, name) }));
      await left.over;
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
  };
  return feed;
}
