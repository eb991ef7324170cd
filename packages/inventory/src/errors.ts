import { isServerError, PenknifeError } from '@penknife/core';

/** No stock was ever set for this item: a name that is wrong, or a `setStock` that is missing. Nothing was changed. */
export class UnknownItemError extends PenknifeError {
  readonly kind = 'unknown-item';
  readonly item: string;

  constructor(item: string) {
    super('UNKNOWN_ITEM', `no stock was ever set for item ${JSON.stringify(item)}; nothing was changed`);
    this.item = item;
  }
}

/** This id already stands for a reservation of other items or another customer, which goes on as it is. */
export class ReservationConflictError extends PenknifeError {
  readonly kind = 'reservation-conflict';

  constructor() {
    super(
      'RESERVATION_CONFLICT',
      'this id stands for a live reservation of other items; nothing was changed',
    );
  }
}

/** A key of the inventory holds data that is none of its own. The data was left as it is: choose another namespace or name. */
export class InventoryKeyError extends PenknifeError {
  readonly kind = 'inventory-key';

  constructor(cause: unknown) {
    super('INVENTORY_KEY', 'a key of this inventory holds foreign data; nothing was changed', { cause });
  }
}

/** The error to show for a call on the inventory's keys: foreign data there gets a name of its own. */
export function inventoryErrorOr(error: unknown): unknown {
  return isServerError(error, 'FOREIGN') || isServerError(error, 'WRONGTYPE')
    ? new InventoryKeyError(error)
    : error;
}
