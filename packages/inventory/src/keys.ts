import { type DurableKey, defineKeys, type EphemeralKey, type KeyBuilders, type Keys } from '@penknife/core';

/** The kinds of keys of this package. */
export type InventoryKeyKinds = {
  readonly counts: DurableKey;
  readonly holds: DurableKey;
  readonly due: DurableKey;
  readonly settled: DurableKey;
  readonly customers: DurableKey;
  readonly audit: DurableKey;
  readonly books: DurableKey;
  readonly line: DurableKey;
  readonly wanted: DurableKey;
  readonly sweeper: EphemeralKey;
  readonly window: EphemeralKey;
};

/** Builds the keys of one namespace. */
export type InventoryKeyBuilders = KeyBuilders<InventoryKeyKinds>;

/** Every key of this package. An inventory's name is the hash tag, so all its items share a slot and are one atomic whole. */
export const inventoryKeys: Keys<InventoryKeyKinds> = defineKeys({
  pattern: 'inv',
  version: 1,
  kinds: {
    counts: {
      life: 'durable',
      holds: 'hash: on hand, held and sold of each item',
      bound: 'three fields an item, and one',
    },
    holds: {
      life: 'durable',
      holds: 'hash: items and customer of each live reservation, by id',
      bound: 'one field a live reservation; each ends at its hold’s end',
    },
    due: {
      life: 'durable',
      holds: 'sorted set: ids of live reservations by the end of their hold',
      bound: 'one entry a live reservation',
    },
    settled: {
      life: 'durable',
      holds: 'sorted set: ids of what is over, by when',
      bound: 'by age: `remember`',
    },
    customers: {
      life: 'durable',
      holds: 'hash: what each customer holds or bought of each item',
      bound:
        'one field a customer and item, until `forgetCustomers`; none for reservations without a customer',
    },
    audit: {
      life: 'durable',
      holds: 'stream: every change, where `audit` is on',
      bound: 'by count: `audit`',
    },
    books: {
      life: 'durable',
      holds: 'hash: each item’s level before the first entry of the audit, where `audit` is on',
      bound: 'three fields an item',
    },
    line: {
      life: 'durable',
      holds: 'sorted set: who waits for an item, in order',
      bound: 'one entry an id that waits and item; by count: `mostWaiting`',
    },
    wanted: {
      life: 'durable',
      holds: 'hash: what each id waits for',
      bound: 'by count: `mostWaiting`',
    },
    sweeper: { life: 'ephemeral', holds: 'text: whose turn it is to sweep' },
    window: { life: 'ephemeral', holds: 'sorted set: members of a window by when they were seen' },
  },
});

/** The keys that every script of one inventory gets, in the order in which stock.lua names them. */
export function stockKeys(keys: InventoryKeyBuilders, name: string): readonly string[] {
  return [
    keys.counts(name),
    keys.holds(name),
    keys.due(name),
    keys.settled(name),
    keys.customers(name),
    keys.audit(name),
    keys.line(name),
    keys.wanted(name),
    keys.books(name),
  ];
}
