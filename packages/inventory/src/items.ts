import { checkText, InvalidArgumentError } from '@penknife/core';

/** How many of which item: `{ 'tee-black-m': 2 }`. */
export type Quantities = Readonly<Record<string, number>>;

/** Most items of one reservation. */
const mostItems = 64;
/** Most of one item that can be on hand: far below 2^53, so sums stay exact. */
export const mostOnHand = 1e12;

/** Checks a count of things. */
export function checkCount(
  argument: string,
  count: number,
  least: number,
  most: number = mostOnHand,
): number {
  if (!Number.isSafeInteger(count) || count < least || count > most)
    throw new InvalidArgumentError(argument, `must be a whole number of ${least} to ${most}`, count);
  return count;
}

/** The items in an order that does not depend on the caller, so that a repeated call says the same. */
export function checkQuantities(quantities: Quantities): readonly (string | number)[] {
  if (typeof quantities !== 'object' || quantities === null || Array.isArray(quantities))
    throw new InvalidArgumentError('items', 'must be an object of item names and quantities', quantities);
  const entries = Object.entries(quantities);
  if (entries.length === 0 || entries.length > mostItems)
    throw new InvalidArgumentError('items', `must name 1 to ${mostItems} items`, entries.length);
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return entries.flatMap(([item, quantity]) => [
    checkText('item', item),
    checkCount('quantity', quantity, 1),
  ]);
}
