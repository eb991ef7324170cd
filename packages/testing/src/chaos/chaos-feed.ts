import {
  ConnectionError,
  type Feed,
  type FeedKind,
  type FeedSink,
  reportListenerError,
} from '@penknife/core';

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
  /** False while the driver is disconnected. */
  connected(): boolean;
  /** The feed was closed. */
  ended(): void;
  /** A message arrived that is not delivered. */
  missed(): void;
}

/** Puts a stop between a feed and its sink. */
export function chaosFeed(target: FeedSink, { connected, ended, missed }: ChaosFeedEvents): ChaosFeed {
  let deaf = false;
  let closed = false;
  const refuseDisconnected = (): void => {
    if (!closed && !connected()) throw new ConnectionError('chaos: not connected', { sent: 'no' });
  };
  const pass = (act: () => unknown): void => {
    if (!deaf && !closed) void delivered(act);
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
    wrap(feed) {
      const close = (): Promise<void> => {
        closed = true;
        ended();
        return feed.close();
      };
      return {
        async subscribe(kind: FeedKind, name: string) {
          refuseDisconnected();
          await feed.subscribe(kind, name);
        },
        unsubscribe: (kind: FeedKind, name: string) => feed.unsubscribe(kind, name),
        renew(reason: string) {
          // A new connection hears again, where there can be one.
          deaf = !connected();
          feed.renew(reason);
        },
        close,
        [Symbol.asyncDispose]: close,
      };
    },
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

/** What a sink throws or rejects with is reported, and reaches nobody else: as the contract has it. */
async function delivered(act: () => unknown): Promise<void> {
  try {
    await act();
  } catch (error) {
    reportListenerError(error);
  }
}
