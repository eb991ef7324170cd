import {
  callWithin,
  checkCall,
  checkName,
  checkObject,
  type Duration,
  defaultNamespace,
  durationMs,
  type EventSink,
} from '@penknife/core';
import type { StockEvent } from './events.js';
import { checkCount } from './items.js';
import { type InventoryKeyBuilders, inventoryKeys } from './keys.js';

/** How an inventory is made. */
export interface InventoryOptions {
  /** Names the inventory in keys and events: 1 to 64 letters, digits, `_`, `.`, `-`. Inventories of one name share their stock. */
  readonly name: string;
  /** How long a reservation is held where the call does not say. Default `'10m'`. */
  readonly hold?: Duration;
  /** How much of one item a customer may hold and have bought, together. Default: any number. */
  readonly perCustomer?: number;
  /** How many reservations may wait for stock, in all. Default 10 000. */
  readonly mostWaiting?: number;
  /** How long ids of reservations and changes that are over are remembered. Default `'1d'`. */
  readonly remember?: Duration;
  /** Free stock at which an item counts as low. Default 0: never. */
  readonly lowAt?: number;
  /** Where events go: anything with `emit`, such as one that publishes to a channel or appends to a stream. Default: nowhere. */
  readonly events?: EventSink<StockEvent>;
  /**
   * Keeps a stream of every change, so many entries long, 100 to 100 000; what is older is kept as sums, so that stock can be
   * rebuilt at any time. To be said by every process alike. Default: none.
   */
  readonly audit?: number;
  /** First part of every key. Default `'pk'`. */
  readonly namespace?: string;
  /** How long one command may take, in ms. Default: the driver's. */
  readonly deadlineMs?: number;
}

/** Options with everything decided. */
export interface ResolvedOptions {
  readonly name: string;
  readonly holdMs: number;
  readonly perCustomer: number;
  readonly mostWaiting: number;
  readonly rememberMs: number;
  readonly lowAt: number;
  readonly events: EventSink<StockEvent> | undefined;
  readonly audit: number;
  readonly keys: InventoryKeyBuilders;
  readonly deadlineMs: number | undefined;
}

/** The longest hold: what is held longer is not reserved but sold. */
const longestHoldMs = 30 * 86_400_000;
/** Read as a whole by `reconcile`. */
const longestAudit = 100_000;

/** Resolves the options once; throws `InvalidArgumentError`. */
export function resolveOptions(options: InventoryOptions): ResolvedOptions {
  checkObject('options', options);
  const { perCustomer, lowAt = 0, audit } = options;
  checkCall(callWithin(undefined, options.deadlineMs));
  return {
    name: checkName('name', options.name),
    holdMs: holdMsOf(options.hold ?? '10m', 'hold'),
    perCustomer: perCustomer === undefined ? 0 : checkCount('perCustomer', perCustomer, 1),
    mostWaiting: checkCount('mostWaiting', options.mostWaiting ?? 10_000, 1),
    rememberMs: durationMs(options.remember ?? '1d', 'remember', { minMs: 1000 }),
    lowAt: checkCount('lowAt', lowAt, 0),
    events: options.events,
    audit: audit === undefined ? 0 : checkCount('audit', audit, 100, longestAudit),
    keys: inventoryKeys.in(options.namespace ?? defaultNamespace),
    deadlineMs: options.deadlineMs,
  };
}

/** How long to hold, in ms. */
export function holdMsOf(hold: Duration, argument: string): number {
  return durationMs(hold, argument, { minMs: 10, maxMs: longestHoldMs });
}
