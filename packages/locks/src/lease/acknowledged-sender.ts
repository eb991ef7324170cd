import {
  AbortedError,
  type CallOptions,
  type Clock,
  type Command,
  ConnectionError,
  createLanePool,
  type Driver,
  isUnavailable,
  type Lane,
  type LanePool,
  PenknifeError,
  type PenknifeErrorOptions,
  sentOf,
} from '@penknife/core';
import { type Acknowledgement, usualDeadlineMs } from '../options.js';

/** Fewer replicas than asked for have acknowledged a write in time. Whether they will is not known. */
export class NotAcknowledgedError extends PenknifeError {
  readonly kind = 'lock-not-acknowledged';
  readonly wanted: number;
  readonly acknowledged: number;

  constructor(wanted: number, acknowledged: number, options?: PenknifeErrorOptions) {
    super('NOT_ACKNOWLEDGED', `${acknowledged} of ${wanted} replicas acknowledged the lock in time`, options);
    this.wanted = wanted;
    this.acknowledged = acknowledged;
  }
}

/** True for whatever leaves a request without an answer that counts: no server, no answer in time, too few replicas. */
export function isNoAnswer(error: unknown): error is PenknifeError {
  return isUnavailable(error) || error instanceof NotAcknowledgedError;
}

/** How many requests may wait for replicas at once. */
const mostLanes = 8;
/** What WAIT itself may take on top of its own timeout, in ms. */
const replyMs = 1000;

/** Sends a command and then waits, on the same connection, until replicas have it. */
export class AcknowledgedSender {
  readonly #clock: Clock;
  readonly #lanes: LanePool;
  readonly #ack: Acknowledgement;
  readonly #deadlineMs: number;

  /** `deadlineMs`: how long a request may take that does not say, without the wait for replicas: a lane has no deadline of its own. */
  constructor(driver: Driver, ack: Acknowledgement, deadlineMs: number = usualDeadlineMs) {
    this.#clock = driver.clock;
    this.#ack = ack;
    this.#deadlineMs = deadlineMs;
    this.#lanes = createLanePool(driver, { limit: mostLanes });
  }

  /** Rejects with `NotAcknowledgedError` when too few replicas have it; the command has run all the same. */
  send<T>(command: Command<T>, options: CallOptions = {}): Promise<T> {
    const { signal, deadlineMs = this.#deadlineMs } = options;
    const untilMs = this.#clock.monotonic() + deadlineMs;
    const overdue = new AbortController();
    return new Promise((resolve, reject) => {
      const timer = this.#clock.timer(deadlineMs, () => {
        overdue.abort();
        reject(new ConnectionError(`no connection for it within ${deadlineMs} ms`, { sent: 'no' }));
      });
      const sent = this.#lanes.use(
        (lane) => {
          timer.cancel();
          // Its caller is gone: it must not be sent any more.
          if (overdue.signal.aborted) return Promise.reject(new AbortedError(overdue.signal.reason, 'no'));
          const leftMs = Math.max(1, untilMs - this.#clock.monotonic());
          return this.#sendOn(lane, command, { deadlineMs: leftMs, ...(signal && { signal }) });
        },
        {
          ...(command.key !== undefined && { key: command.key }),
          signal: signal === undefined ? overdue.signal : AbortSignal.any([signal, overdue.signal]),
        },
      );
      sent.then(resolve, reject).finally(() => timer.cancel());
    });
  }

  async close(): Promise<void> {
    await this.#lanes.close();
  }

  async #sendOn<T>(lane: Lane, command: Command<T>, options: CallOptions): Promise<T> {
    const { replicas, timeoutMs } = this.#ack;
    const value = await lane.send(command, options);
    // Not in one batch: a script that the server does not know yet is sent again, and WAIT would come before it.
    const asked = lane.send(
      { args: ['WAIT', replicas, timeoutMs], read: Number },
      { ...options, deadlineMs: timeoutMs + replyMs },
    );
    const acknowledged = await asked.catch((error: unknown) => {
      if (sentOf(error) === 'maybe') throw error;
      // That it was not asked, or not answered, says nothing of the command: it has run.
      if (options.signal?.aborted) throw new AbortedError(options.signal.reason, 'maybe');
      throw new NotAcknowledgedError(replicas, 0, { cause: error });
    });
    if (acknowledged < replicas) throw new NotAcknowledgedError(replicas, acknowledged);
    return value;
  }
}
