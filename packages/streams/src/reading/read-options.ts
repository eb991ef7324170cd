import type { Position } from '../entry/position.js';
import type { PoisonError } from '../errors.js';

/** What is read. */
export interface RangeOptions {
  /** The first entry, included. Default: the start; read backwards, the end. */
  readonly from?: Position;
  /** The last entry, included. Default: the end; read backwards, the start. */
  readonly to?: Position;
  /** `'backward'`: newest first, from `from` down to `to`. Default `'forward'`. */
  readonly direction?: 'forward' | 'backward';
  /** At most this many messages. Default: all. */
  readonly limit?: number;
  readonly signal?: AbortSignal;
  /** Told of entries that are no message of this stream; they are skipped. */
  readonly onPoison?: (poison: PoisonError) => void;
}

/** What is followed. */
export interface TailOptions {
  /** Where to start: `'now'` (the default), `'start'`, a time (included), or the id read last. */
  readonly from?: Position;
  /** Ends the iteration, without an error. */
  readonly signal?: AbortSignal;
  /** Told of entries that are no message of this stream; they are skipped. */
  readonly onPoison?: (poison: PoisonError) => void;
}
