import { checkCall } from '../checks/check-call.js';
import type { Clock } from '../contract/clock.js';
import type { CallOptions } from '../contract/sender.js';
import { DeadlineError } from '../errors/deadline-error.js';

/**
 * For a call of a pattern that needs several commands, one after another: what gives each of them its options, so that a
 * deadline of the call is one for all of them. It throws `DeadlineError` when nothing of that is left. A call without a
 * deadline leaves each command its own.
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
