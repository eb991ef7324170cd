import type { CallOptions, Driver, Duration } from '@penknife/core';
import type { Quantities } from './items.js';
import type { StockLevel } from './level.js';
import type {
  AdjustOutcome,
  ExtendOutcome,
  ForgetOutcome,
  ReservationState,
  ReserveOutcome,
  SettleOutcome,
} from './outcome.js';
import type { ReconcileReport } from './reconcile.js';
import type { Sweeping, SweepOptions } from './sweeping.js';

/** What an inventory needs of a driver. */
export type InventoryDriver = Pick<Driver, 'send' | 'transaction' | 'clock' | 'random'>;

/** What a reservation may say. */
export interface ReserveOptions extends CallOptions {
  /** The caller's own id for it, such as the cart's: a call that is repeated under it never holds twice. */
  readonly id: string;
  /** How long it is held. Default: the inventory's `hold`. */
  readonly hold?: Duration;
  /**
   * Stand in line for so long when it is not there: strictly first come, first served at each item, and before whoever asks
   * without waiting. When its turn comes it is held for `hold`, whoever freed the stock, told by the event `granted`.
   * Default: do not wait.
   */
  readonly wait?: Duration;
  /** Who reserves; counts against `perCustomer`. */
  readonly customer?: string;
}

/** What a change of stock may say. */
export interface AdjustOptions extends CallOptions {
  /** The caller's own id for it, such as the delivery's: a call that is repeated under it changes nothing. */
  readonly id?: string;
}

/**
 * Stock that is never oversold. Every act is one atomic script on the server's clock, so for every item, at every moment
 * and for any number of callers, free + held + sold is what was ever put there. A hold that ends gives its stock back by
 * itself. Calls reject with the driver's errors; one that ended with `sent: 'maybe'` is safe to repeat under its id.
 */
export interface Inventory {
  readonly name: string;
  /** From now on so many of the item are on hand, those that are held included; refused below those. */
  setStock(item: string, onHand: number, options?: AdjustOptions): Promise<AdjustOutcome>;
  /** So many come (or go, when negative); refused below what is held. Rejects with `UnknownItemError`. */
  adjust(item: string, by: number, options?: AdjustOptions): Promise<AdjustOutcome>;
  /** Holds all of the items, or none. Rejects with `UnknownItemError` and `ReservationConflictError`. */
  reserve(items: Quantities, options: ReserveOptions): Promise<ReserveOutcome>;
  /** What was held is sold. */
  confirm(id: string, options?: CallOptions): Promise<SettleOutcome>;
  /** What was held is free again; what waited leaves the line. */
  release(id: string, options?: CallOptions): Promise<SettleOutcome>;
  /** Held for at least so long from now on; never shorter than before. */
  extend(id: string, hold: Duration, options?: CallOptions): Promise<ExtendOutcome>;
  /** One reservation as it stands. */
  reservation(id: string, options?: CallOptions): Promise<ReservationState>;
  /** Levels of up to 500 items at one instant; an item without stock ever set is missing. */
  availability(items: readonly string[], options?: CallOptions): Promise<ReadonlyMap<string, StockLevel>>;
  /** Takes back up to 100 holds that are over; resolves to how many it were. */
  sweep(options?: CallOptions): Promise<number>;
  /**
   * Forgets who bought an item whose sale is over, so that what `perCustomer` counts does not grow for ever; refused while any of
   * it is held. Sold again, every customer begins anew. Reads all that customers bought, in commands of about a hundred.
   */
  forgetCustomers(item: string, options?: CallOptions): Promise<ForgetOutcome>;
  /**
   * Sweeps from time to time until it is closed: one of all processes that do, by lease; when it is gone, another. It alone tells
   * what it finds: give `events` to every process that sweeps.
   */
  startSweeping(options?: SweepOptions): Sweeping;
  /**
   * Compares what is counted with the live reservations and, where the audit is kept, with what that tells, at one instant. Reads
   * everything: not for every minute.
   */
  reconcile(options?: CallOptions): Promise<ReconcileReport>;
  /**
   * Corrects whatever `reconcile` finds, also while others sell; resolves to what was found. Needs the audit, kept by every process
   * since the first change of an item that is named in it. What customers have is not rebuilt.
   */
  rebuild(options?: CallOptions): Promise<ReconcileReport>;
}
