import {
  type CallOptions,
  type Command,
  createLanePool,
  type Driver,
  isUnavailable,
  type LanePool,
  PenknifeError,
} from '@penknife/core';
import type { Acknowledgement } from '../options.js';

/** Fewer replicas than asked for have acknowledged a write in time. Whether they will is not known. */
export class NotAcknowledgedError extends PenknifeError {
  readonly kind = 'lock-not-acknowledged';
  readonly wanted: number;
  readonly acknowledged: number;

  constructor(wanted: number, acknowledged: number) {
    super('NOT_ACKNOWLEDGED', `${acknowledged} of ${wanted} replicas acknowledged the lock in time`);
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
  readonly #lanes: LanePool;
  readonly #ack: Acknowledgement;

  constructor(driver: Driver, ack: Acknowledgement) {
    this.#ack = ack;
    this.#lanes = createLanePool(driver, { limit: mostLanes });
  }

  /** Rejects with `NotAcknowledgedError` when too few replicas have it; the command has run all the same. */
  send<T>(command: Command<T>, options: CallOptions = {}): Promise<T> {
    const { replicas, timeoutMs } = this.#ack;
    const { key } = command;
    const { signal } = options;
    return this.#lanes.use(
      async (lane) => {
        const value = await lane.send(command, options);
        // Not in one batch: a script that the server does not know yet is sent again, and WAIT would come before it.
        const acknowledged = await lane.send(
          { args: ['WAIT', replicas, timeoutMs], read: Number },
          { ...options, deadlineMs: timeoutMs + replyMs },
        );
        if (acknowledged < replicas) throw new NotAcknowledgedError(replicas, acknowledged);
        return value;
      },
      { ...(key !== undefined && { key }), ...(signal && { signal }) },
    );
  }

  async close(): Promise<void> {
    await this.#lanes.close();
  }
}
