import type { CallOptions, Clock, Timer } from '@penknife/core';

/** Extended this many times within a lease, so that two failures in a row lose nothing. */
const beatsPerLease = 3;

/** A lease that is to last longer than it was given. */
export interface BeatingLease {
  readonly leaseMs: number;
  /** When it was asked for, on the clock's monotonic scale. */
  readonly askedAt: number;
  /** How long it is extended; then it ends by itself, within one more lease. Default: until stopped. */
  readonly longestMs?: number | undefined;
  /** Extends it from now; false when it had ended. */
  extend(call: CallOptions): Promise<boolean>;
  /** Called once it has ended, or may have. */
  lost(): void;
}

/** Extends a lease until stopped, or until it is lost. */
export function heartbeat(clock: Clock, lease: BeatingLease): { stop(): void } {
  const { leaseMs, askedAt, longestMs = Number.POSITIVE_INFINITY } = lease;
  let stopped = false;
  let safeUntil = askedAt + leaseMs;
  let beat: Timer | undefined;
  let end: Timer;
  const stop = (): void => {
    stopped = true;
    beat?.cancel();
    end.cancel();
  };
  const over = (): void => {
    stop();
    lease.lost();
  };
  function arm(): void {
    const nextMs = leaseMs / beatsPerLease;
    const goesOn = clock.monotonic() - askedAt + nextMs <= longestMs;
    beat = goesOn ? clock.timer(nextMs, () => void extend()) : undefined;
    end = clock.timer(safeUntil - clock.monotonic(), over);
  }
  async function extend(): Promise<void> {
    const sentAt = clock.monotonic();
    let live = true;
    try {
      live = await lease.extend({ deadlineMs: leaseMs / beatsPerLease });
      if (live) safeUntil = sentAt + leaseMs;
    } catch {
      // Asked again at the next beat; when none comes through, the timer at the lease's end says so.
    }
    if (stopped) return;
    if (!live) return over();
    end.cancel();
    arm();
  }
  arm();
  return { stop };
}
