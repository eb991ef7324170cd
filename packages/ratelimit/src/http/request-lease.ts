import { channel } from 'node:diagnostics_channel';
import { type CallOptions, type Clock, isUnavailable, reportListenerError } from '@penknife/core';
import { heartbeat } from '../heartbeat.js';

/** Leases that ended before their requests did: others are let in beside them. */
const losses = channel('penknife:ratelimit.lost');

/** What a request holds of a concurrency limit. */
export interface RequestLease {
  /** The limiter's name. */
  readonly policy: string;
  readonly leaseMs: number;
  /** When it was asked for, on the clock's monotonic scale. */
  readonly askedAt: number;
  /** How long it is extended; undefined: until the request is over. */
  readonly longestMs: number | undefined;
  /** Undefined where a lease cannot be extended: it ends with its time. */
  readonly extend: ((call: CallOptions) => Promise<boolean>) | undefined;
  giveBack(): Promise<unknown>;
}

/** Extends a lease until it is released; the release acts once, and never throws. */
export function keepLease(clock: Clock, lease: RequestLease): () => void {
  const { policy, leaseMs, askedAt, longestMs, extend, giveBack } = lease;
  const lost = (): void => {
    const heldMs = Math.round(clock.monotonic() - askedAt);
    const reason = longestMs !== undefined && heldMs >= longestMs ? 'longest-hold' : 'ended';
    losses.publish({ policy, reason, heldMs });
  };
  const beating = extend && heartbeat(clock, { leaseMs, askedAt, longestMs, extend, lost });
  let released = false;
  return () => {
    if (released) return;
    released = true;
    beating?.stop();
    // The request is over by then: what fails ends by itself, and is reported when it is a bug.
    giveBack().catch((error: unknown) => {
      if (!isUnavailable(error)) reportListenerError(error);
    });
  };
}
