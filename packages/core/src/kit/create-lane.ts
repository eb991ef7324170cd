import type { Clock } from '../contract/clock.js';
import type { Lane } from '../contract/lane.js';
import { ClosedError } from '../errors/closed-error.js';
import { ConnectionError } from '../errors/connection-error.js';
import type { PenknifeError } from '../errors/penknife-error.js';
import { CallsUnderWay } from './calls-under-way.js';
import { createSender } from './create-sender.js';
import type { LaneConnection, Transport } from './transport.js';

/** What a lane is made of. */
export interface LaneParts extends Pick<Transport, 'shape'> {
  readonly clock: Clock;
  readonly cluster: boolean;
  translate(error: unknown): PenknifeError;
  /** Called once when the lane has ended, for whatever reason. */
  ended(lane: Lane): void;
}

/**
 * A lane over one connection. No deadline unless the caller gives one, since blocking is its purpose. Giving up a call
 * that was written (deadline or signal) closes the lane: its connection may be blocked, and its replies would come late.
 */
export function createLane(connection: LaneConnection, parts: LaneParts): Lane {
  const loss = new AbortController();
  const underWay = new CallsUnderWay(parts.clock);
  let failure: unknown;
  let closed = false;

  function end(reason: unknown): void {
    if (loss.signal.aborted) return;
    failure = reason;
    connection.close();
    loss.abort(reason);
    parts.ended(lane);
  }

  const sender = createSender({
    target: { connection: 'lane', cluster: parts.cluster, shape: parts.shape, wire: () => connection },
    deadlineMs: Number.POSITIVE_INFINITY,
    refuseClosed() {
      if (closed) throw new ClosedError('lane');
      if (loss.signal.aborted)
        throw new ConnectionError('the lane lost its connection', { sent: 'no', cause: failure });
    },
    environment: {
      underWay,
      ready: () => true,
      whenReady: () => () => undefined,
      afterBackoff(_attempt, proceed) {
        const timer = parts.clock.timer(20, proceed);
        return () => timer.cancel();
      },
      translate: parts.translate,
      refusals: new Set(),
      retries: false,
      lastFailure: () => failure,
      givenUp: () => end(new ConnectionError('a call on the lane was given up', { sent: 'maybe' })),
    },
  });

  const lane: Lane = {
    ...sender,
    id: connection.id,
    lost: loss.signal,
    async close() {
      if (closed) return;
      closed = true;
      underWay.close('lane');
      end(new ClosedError('lane'));
    },
    [Symbol.asyncDispose]: () => lane.close(),
  };

  // The client rejects what was in flight itself; only the signal is ours to give.
  void connection.lost.then((error) => end(parts.translate(error)));
  return lane;
}
