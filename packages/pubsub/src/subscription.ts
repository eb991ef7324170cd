import type { Outbox } from './listener/outbox.js';
import type { Position } from './position.js';

/** One listener's subscription: live from the moment it is given. */
export interface Subscription {
  /** The channel's name, or the glob with `*` for the parameters left out. */
  readonly channel: string;
  /** Messages handed to the listener. */
  readonly delivered: number;
  /** Messages lost to the listener's own slowness. */
  readonly dropped: number;
  /** Messages replaced by newer ones of their key. */
  readonly conflated: number;
  /** How many events wait. */
  readonly queued: number;
  /** The last position handed over; resume from it with `since`. Undefined on `fire` channels, and before the first. */
  readonly position: Position | undefined;
  readonly closed: boolean;
  /** Ends it: no call of the listener follows. Resolves when the server has acknowledged, if it was the last. Repeatable. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** The handle of an outbox that is live. */
export function createSubscription<T>(
  channel: string,
  outbox: Outbox<T>,
  close: () => Promise<void>,
): Subscription {
  return {
    channel,
    get delivered() {
      return outbox.delivered;
    },
    get dropped() {
      return outbox.dropped;
    },
    get conflated() {
      return outbox.conflated;
    },
    get queued() {
      return outbox.queued;
    },
    get position() {
      return outbox.position;
    },
    get closed() {
      return outbox.closed;
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
