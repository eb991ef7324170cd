import { type CallOptions, type Clock, checkCall, DeadlineError } from '@penknife/core';

/**
 * For each command of a call that needs several: a deadline of the call is one for all of them. Throws `DeadlineError` when
 * nothing of it is left.
 */
export function oneDeadline(clock: Clock, call: CallOptions | undefined): () => CallOptions | undefined {
  checkCall(call);
  const { deadlineMs } = call ?? {};
  if (deadlineMs === undefined) return () => call;
  const untilMs = clock.monotonic() + deadlineMs;
  return () => {
    const leftMs = Math.ceil(untilMs - clock.monotonic());
    if (leftMs <= 0) throw new DeadlineError(deadlineMs);
    return { ...call, deadlineMs: leftMs };
  };
}
