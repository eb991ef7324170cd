import type { Sender } from './sender.js';

/**
 * One connection of one node, for what must not share: blocking commands, WATCH, WAIT, CONFIG, scans.
 * It never reconnects: when it drops, `lost` fires and every later call rejects, so a WATCH can never be lost silently.
 */
export interface Lane extends Sender {
  /** The server's id of this connection (CLIENT ID), by which CLIENT UNBLOCK names it. */
  readonly id: number;
  /** Fires when the connection is gone, by fault or by `close()`. */
  readonly lost: AbortSignal;
  /** Closes the connection at once; a blocked call on it rejects. Repeatable. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}
