import type { Gap } from '../event.js';
import type { Outbox } from '../listener/outbox.js';
import type { Position } from '../position.js';

/** Where a listener of a `log` channel begins: after a position it has seen, or with all that is kept. */
export type Since = Position | 'oldest';

/** What becomes of the messages of one server channel in this process, by the channel's delivery. */
export interface Hub<T> {
  /** A payload of the feed. */
  received(payload: Uint8Array, serverChannel: string): void;
  /** The feed was interrupted and is live again. */
  interrupted(detail: string): void;
  /** Called once after the server's acknowledgement; resolves when listeners may join. */
  start(): Promise<void>;
  /** Adds a listener; resolves when whatever is published from now on reaches it. */
  join(outbox: Outbox<T>, since: Since | undefined): Promise<void>;
  leave(outbox: Outbox<T>): void;
  close(): void;
  readonly size: number;
  readonly position: Position | undefined;
  readonly lastGap: Gap | undefined;
}
