import { type CallOptions, type Clock, ConnectionError, waitWithin } from '@penknife/core';

/**
 * The promise's outcome, unless the caller's signal or deadline comes first; then `undo` runs. What the promise does after
 * that is nobody's concern but `undo`'s.
 */
export function within<R>(
  clock: Pick<Clock, 'timer'>,
  call: CallOptions,
  promise: Promise<R>,
  undo: () => void,
): Promise<R> {
  return waitWithin(clock, promise, call, 'maybe', (error) => {
    undo();
    if (error.kind === 'aborted') return error;
    return new ConnectionError(`not subscribed within ${call.deadlineMs} ms`, { sent: 'maybe' });
  });
}
