import { matchesGlob } from './glob.js';
import type { Reply } from './reply.js';

/** One that subscribes: the names it holds of each kind, and the way messages reach it. */
export interface Subscriber {
  readonly channels: Set<string>;
  readonly patterns: Set<string>;
  readonly shardChannels: Set<string>;
  push(items: readonly Reply[]): void;
}

/** Who subscribed to what: channels, patterns, and shard channels. Messages go out in the order they were published. */
export class PubSub {
  readonly channels: Map<string, Set<Subscriber>> = new Map();
  readonly patterns: Map<string, Set<Subscriber>> = new Map();
  readonly shardChannels: Map<string, Set<Subscriber>> = new Map();

  /** PUBLISH: to the channel's subscribers, then to those of matching patterns. Returns how many got it. */
  publish(channel: string, message: string): number {
    let receivers = 0;
    const direct = this.channels.get(channel);
    if (direct !== undefined) {
      for (const subscriber of direct) subscriber.push(['message', channel, message]);
      receivers += direct.size;
    }
    for (const [pattern, subscribers] of this.patterns) {
      if (!matchesGlob(pattern, channel)) continue;
      for (const subscriber of subscribers) subscriber.push(['pmessage', pattern, channel, message]);
      receivers += subscribers.size;
    }
    return receivers;
  }

  /** SPUBLISH. */
  publishToShard(channel: string, message: string): number {
    const subscribers = this.shardChannels.get(channel);
    if (subscribers === undefined) return 0;
    for (const subscriber of subscribers) subscriber.push(['smessage', channel, message]);
    return subscribers.size;
  }

  /** Ends all subscriptions of a subscriber that goes. */
  forget(subscriber: Subscriber): void {
    for (const name of subscriber.channels) leave(this.channels, name, subscriber);
    for (const name of subscriber.patterns) leave(this.patterns, name, subscriber);
    for (const name of subscriber.shardChannels) leave(this.shardChannels, name, subscriber);
    subscriber.channels.clear();
    subscriber.patterns.clear();
    subscriber.shardChannels.clear();
  }
}

/** Notes a subscription; both ends. */
export function join(all: Map<string, Set<Subscriber>>, name: string, subscriber: Subscriber): void {
  const subscribers = all.get(name);
  if (subscribers === undefined) all.set(name, new Set([subscriber]));
  else subscribers.add(subscriber);
}

/** Removes a subscription of one name. */
export function leave(all: Map<string, Set<Subscriber>>, name: string, subscriber: Subscriber): void {
  const subscribers = all.get(name);
  if (subscribers?.delete(subscriber) && subscribers.size === 0) all.delete(name);
}
