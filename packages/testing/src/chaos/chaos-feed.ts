import type { Feed, FeedSink } from '@penknife/core';

/** A feed whose deliveries can be stopped. */
export interface ChaosFeed {
  readonly sink: FeedSink;
  /** The feed as its owner gets it. */
  wrap(feed: Feed): Feed;
  /** From now on nothing is delivered: the connection is dead, and nobody has noticed. */
  deafen(): void;
  /** Deliveries go on. What was missed is told as a gap. */
  recover(reason: string): void;
}

/** Whom a stoppable feed tells about itself. */
export interface ChaosFeedEvents {
  /** The feed was closed. */
  ended(): void;
  /** A message arrived that is not delivered. */
  missed(): void;
}

/** Puts a stop between a feed and its sink. */
export function chaosFeed(target: FeedSink, { ended, missed }: ChaosFeedEvents): ChaosFeed {
  let deaf = false;
  let closed = false;
  const pass = (act: () => void): void => {
    if (!deaf && !closed) act();
  };
  return {
    sink: {
      message(kind, channel, payload, pattern) {
        if (deaf && !closed) missed();
        pass(() => target.message(kind, channel, payload, pattern));
      },
      gap: (scope, reason) => pass(() => target.gap(scope, reason)),
      invalidated: (keys) => pass(() => target.invalidated(keys)),
    },
    wrap: (feed) => ({
      subscribe: (kind, name) => feed.subscribe(kind, name),
      unsubscribe: (kind, name) => feed.unsubscribe(kind, name),
      renew(reason) {
        // A new connection hears again.
        deaf = false;
        feed.renew(reason);
      },
      close() {
        closed = true;
        ended();
        return feed.close();
      },
    }),
    deafen() {
      deaf = true;
    },
    recover(reason) {
      deaf = false;
      // Everything may have changed meanwhile, for those who track keys too.
      pass(() => target.gap('all', reason));
      pass(() => target.invalidated(null));
    },
  };
}
