export { createInventory } from './create-inventory.js';
export { InventoryKeyError, ReservationConflictError, UnknownItemError } from './errors.js';
export type { GrantEvent, LevelEvent, StockEvent } from './events.js';
export type { AdjustOptions, Inventory, InventoryDriver, ReserveOptions } from './inventory.js';
export type { Quantities } from './items.js';
export { createJointReservations } from './joint/create-joint-reservations.js';
export type {
  JointConfirmOutcome,
  JointOptions,
  JointRefusal,
  JointReleaseOutcome,
  JointReservations,
  JointReserveOptions,
  JointReserveOutcome,
  Parts,
} from './joint/joint-reservations.js';
export { inventoryKeys } from './keys.js';
export type { StockLevel } from './level.js';
export type { InventoryOptions } from './options.js';
export type {
  AdjustOutcome,
  ExtendOutcome,
  ForgetOutcome,
  ReservationEnd,
  ReservationState,
  ReserveOutcome,
  SettleOutcome,
} from './outcome.js';
export type { Count, Drift, ReconcileReport } from './reconcile.js';
export type { Sweeping, SweepOptions } from './sweeping.js';
export { createWindow, type Window, type WindowOptions } from './window/window.js';
