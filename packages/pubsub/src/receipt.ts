import type { Delivery } from './definition.js';
import type { Position } from './position.js';

/** The server took a message of a `fire` channel. */
export interface FireReceipt {
  /** Connections that were sent it, on the node that was asked: neither listeners nor, on a cluster, everybody. */
  readonly receivers: number;
  /** Present when a message of the same `once` was published before: this one was not. */
  readonly repeated?: true;
}

/** The server stored and published a message of a `log` channel. */
export interface LogReceipt extends FireReceipt {
  readonly position: Position;
}

/** The server answered for a `latest` channel. */
export interface LatestReceipt extends FireReceipt {
  /** False: the given version is not above the retained one; nothing was published. */
  readonly stored: boolean;
  /** What is retained now. */
  readonly position: Position;
}

/** What publishing gives, by delivery. */
export type Receipt<D extends Delivery> = D extends 'fire'
  ? FireReceipt
  : D extends 'log'
    ? LogReceipt
    : LatestReceipt;
