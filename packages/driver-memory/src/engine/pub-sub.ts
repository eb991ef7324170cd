import { matchesGlob } from './glob.js';
import type { Session } from './session.js';

/** Who subscribed to what: channels, patterns, and shard channels. Messages go out in the order they were published. */
export class PubSub {
  readonly channels: Map<string, Set<Session>> = new Map();
  readonly patterns: Map<string, Set<Session>> = new Map();
  readonly shardChannels: Map<string, Set<Session>> = new Map();

  /** PUBLISH: to the channel's subscribers, then to those of matching patterns. Returns how many got it. */
  publish(channel: string, message: string): number {
    let receivers = 0;
    const direct = this.channels.get(channel);
    if (direct !== undefined) {
      for (const session of direct) session.push(['message', channel, message]);
      receivers += direct.size;
    }
    for (const [pattern, sessions] of this.patterns) {
      if (!matchesGlob(pattern, channel)) continue;
      for (const session of sessions) session.push(['pmessage', pattern, channel, message]);
      receivers += sessions.size;
    }
    return receivers;
  }

  /** SPUBLISH. */
  publishToShard(channel: string, message: string): number {
    const sessions = this.shardChannels.get(channel);
    if (sessions === undefined) return 0;
    for (const session of sessions) session.push(['smessage', channel, message]);
    return sessions.size;
  }

  /** Ends all subscriptions of a session that goes. */
  forget(session: Session): void {
    for (const name of session.channels) leave(this.channels, name, session);
    for (const name of session.patterns) leave(this.patterns, name, session);
    for (const name of session.shardChannels) leave(this.shardChannels, name, session);
    session.channels.clear();
    session.patterns.clear();
    session.shardChannels.clear();
  }
}

/** Notes a subscription; both ends. */
export function join(subscribers: Map<string, Set<Session>>, name: string, session: Session): void {
  const sessions = subscribers.get(name);
  if (sessions === undefined) subscribers.set(name, new Set([session]));
  else sessions.add(session);
}

/** Removes a subscription of one name. */
export function leave(subscribers: Map<string, Set<Session>>, name: string, session: Session): void {
  const sessions = subscribers.get(name);
  if (sessions?.delete(session) && sessions.size === 0) subscribers.delete(name);
}
