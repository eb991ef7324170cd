import {
  AbortedError,
  type CallOptions,
  type Clock,
  type Command,
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

/** What WAIT itself may take on top of its own timeout, in ms. */
const replyMs = 1000;

/** Sends what gives or prolongs leases. */
export interface LeaseSender {
  /** `given` tells from the answer whether the command gave or prolonged any lease: only that has to be on replicas. */
  send<T>(command: Command<T>, given: (answer: T) => boolean, options?: CallOptions): Promise<T>;
  close(): Promise<void>;
}

/** Sends by the driver as it is. */
export function plainSender(driver: Driver): LeaseSender {
  return {
    send: (command, _given, options) => driver.send(command, options),
    close: async () => undefined,
  };
}

/** Sends a command and then waits, on the same connection, until replicas have what it gave. */
export class AcknowledgedSender implements LeaseSender {
  readonly #clock: Clock;
  readonly #lanes: LanePool;
  readonly #ack: Acknowledgement;
  readonly #deadlineMs: number;

  /**
   * `mostLanes`: how many requests may wait for replicas at once. `deadlineMs`: how long a request may take that does not say,
   * without the wait for replicas: a lane has no deadline of its own.
   */
  constructor(driver: Driver, ack: Acknowledgement, mostLanes: number, deadlineMs: number = usualDeadlineMs) {
    this.#clock = driver.clock;
    this.#ack = ack;
    this.#deadlineMs = deadlineMs;
    this.#lanes = createLanePool(driver, { limit: mostLanes });
  }

  /** Rejects with `NotAcknowledgedError` when too few replicas have it; the command has run all the same. */
  send<T>(command: Command<T>, given: (answer: T) => boolean, options: CallOptions = {}): Promise<T> {
    const { signal, deadlineMs = this.#deadlineMs } = options;
    const untilMs = this.#clock.monotonic() + deadlineMs;
    return this.#lanes.use(
      (lane) => {
        const leftMs = Math.max(1, untilMs - this.#clock.monotonic());
        return this.#sendOn(lane, command, given, { ...options, deadlineMs: leftMs });
      },
      { deadlineMs, ...(command.key !== undefined && { key: command.key }), ...(signal && { signal }) },
    );
  }

  async close(): Promise<void> {
    await this.#lanes.close();
  }

  async #sendOn<T>(
    lane: Lane,
    command: Command<T>,
    given: (answer: T) => boolean,
    options: CallOptions,
  ): Promise<T> {
    const { replicas, timeoutMs } = this.#ack;
    const value = await lane.send(command, options);
    if (!given(value)) return value;
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
