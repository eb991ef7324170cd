import type { Driver } from '@penknife/core';
import { seededRandom } from '@penknife/core';
import { createInventory, type Inventory } from '../src/index.js';

/** What was found wrong; empty: nothing. */
export type Violations = readonly string[];

const items = ['tee', 'cap', 'mug'] as const;

/** What one buyer believes to have bought or to hold, told by answers alone. */
interface Book {
  readonly bought: Map<string, number>;
  sure: boolean;
}

/**
 * Several processes reserve, confirm, release, extend and restock at random; an observer looks at the levels in between.
 * At every moment free + held + sold is what was put there; in the end sold is what the confirmations say, and what
 * the live reservations hold is what is counted as held.
 */
export async function playShop(
  drivers: readonly Driver[],
  advance: (ms: number) => Promise<void>,
  seed: number,
  steps: number,
): Promise<Violations> {
  const random = seededRandom(seed);
  const pick = (below: number): number => Math.floor(random.fraction() * below);
  const shops = drivers.map((driver) =>
    createInventory(driver, { name: `shop-${seed}`, perCustomer: 6, audit: 100 }),
  );
  const [first] = shops;
  if (first === undefined) throw new Error('a shop needs a driver');
  const put = new Map<string, number>();
  for (const item of items) {
    await first.setStock(item, 8);
    put.set(item, 8);
  }
  const violations: string[] = [];
  const book: Book = { bought: new Map(), sure: true };
  const ids: string[] = [];
  const wanted = new Map<string, Readonly<Record<string, number>>>();

  async function look(shop: Inventory): Promise<void> {
    for (const [item, { free, held, sold }] of await shop.availability(items)) {
      if (free < 0 || held < 0) violations.push(`${item}: ${free} free, ${held} held`);
      // Restocking is answered before it is booked here, so only settled moments are exact; see `calm`.
      if (calm && free + held + sold !== put.get(item))
        violations.push(`${item}: ${free} + ${held} + ${sold} is not ${put.get(item)}`);
    }
  }

  async function act(shop: Inventory, step: number): Promise<void> {
    const id = ids[pick(ids.length)];
    const kind = pick(10);
    if (kind < 4 || id === undefined) {
      const basket = Object.fromEntries(
        items.filter(() => random.fraction() < 0.5).map((item) => [item, 1 + pick(3)]),
      );
      if (Object.keys(basket).length === 0) return;
      const mine = `r${step}`;
      ids.push(mine);
      wanted.set(mine, basket);
      const wait = pick(2) === 0 ? {} : { wait: 10 + pick(100) };
      await shop.reserve(basket, { id: mine, hold: 10 + pick(60), customer: `c${pick(4)}`, ...wait });
    } else if (kind < 6) {
      const outcome = await shop.confirm(id);
      if (outcome.ok && !outcome.repeated)
        for (const [item, count] of Object.entries(wanted.get(id) ?? {}))
          book.bought.set(item, (book.bought.get(item) ?? 0) + count);
    } else if (kind === 6) await shop.release(id);
    else if (kind === 7) await shop.extend(id, 10 + pick(60));
    else if (kind === 8) {
      const item = items[pick(items.length)] as string;
      const by = 1 + pick(2);
      if ((await shop.adjust(item, by, { id: `d${step}` })).ok) put.set(item, (put.get(item) ?? 0) + by);
    } else await shop.sweep();
  }

  let calm = true;
  for (let step = 0; step < steps; step += shops.length) {
    calm = false;
    await Promise.all([...shops.map((shop, i) => act(shop, step + i)), look(first)]);
    calm = true;
    await look(first);
    if (pick(4) === 0) await advance(1 + pick(8));
  }
  const levels = await first.availability(items);
  for (const [item, { sold }] of levels)
    if (sold !== (book.bought.get(item) ?? 0))
      violations.push(`${item}: ${sold} sold, ${book.bought.get(item)} confirmed`);
  for (const { item, count, counted, expected } of (await first.reconcile()).drift)
    violations.push(`${item}: ${counted} counted as ${count}, and ${expected} expected`);
  return violations;
}
