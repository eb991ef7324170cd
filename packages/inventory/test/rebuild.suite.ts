import type { MatrixContext } from '@penknife/matrix';
import { expect, it } from 'vitest';
import { createInventory, type Inventory } from '../src/index.js';

const counts = 'pk:inv1:counts:{books}';
const audit = 'pk:inv1:audit:{books}';

/** Stock that is compared with its audit, and rebuilt from it. */
export function rebuildSuite(context: MatrixContext): void {
  async function openShop(options: { audit?: number } = { audit: 100 }): Promise<Inventory> {
    return createInventory(await context.driver(), { name: 'books', perCustomer: 500, ...options });
  }

  /** So much happens that most of it is in the books by the end. */
  async function trade(shop: Inventory): Promise<void> {
    await shop.setStock('tee', 400);
    await shop.setStock('cap', 50, { id: 'delivery' });
    for (let i = 0; i < 60; i++) {
      await shop.reserve({ tee: 2, ...(i % 3 === 0 && { cap: 1 }) }, { id: `r${i}`, customer: `c${i % 4}` });
      if (i % 4 === 1) await shop.release(`r${i}`);
      else if (i % 4 !== 2) await shop.confirm(`r${i}`);
    }
    await shop.reserve({ cap: 999 }, { id: 'line', wait: '1h' });
    await shop.release('line');
    await shop.adjust('tee', -3);
  }

  it('the audit and its books tell all of it, however short the audit is', async () => {
    const shop = await openShop();
    await trade(shop);
    expect(Number(await context.admin('XLEN', audit))).toBe(100);
    expect(await shop.reconcile()).toEqual({ items: 2, reservations: 15, audited: true, drift: [] });
    expect((await shop.availability(['tee'])).get('tee')).toEqual({ free: 307, held: 30, sold: 60 });
  });

  it('planted drift is found, item by item and count by count, and rebuilt', async () => {
    const shop = await openShop();
    await trade(shop);
    const before = await shop.availability(['tee', 'cap']);
    await context.admin('HINCRBY', counts, 'otee', 7);
    await context.admin('HINCRBY', counts, 'stee', -2);
    await context.admin('HSET', counts, 'hcap', 40);
    const drift = [
      { item: 'tee', count: 'onHand', counted: 344, expected: 337 },
      { item: 'tee', count: 'sold', counted: 58, expected: 60 },
      { item: 'cap', count: 'held', counted: 40, expected: 5 },
    ];
    const found = await shop.reconcile();
    expect([...found.drift].sort((a, b) => b.counted - a.counted)).toEqual(
      [...drift].sort((a, b) => b.counted - a.counted),
    );
    expect((await shop.rebuild()).drift).toEqual(found.drift);
    expect((await shop.reconcile()).drift).toEqual([]);
    expect(await shop.availability(['tee', 'cap'])).toEqual(before);
    expect((await shop.rebuild()).drift).toEqual([]);
  });

  it('counts that are lost altogether come back from books, audit and holds', async () => {
    const shop = await openShop();
    await trade(shop);
    const before = await shop.availability(['tee', 'cap']);
    await context.admin('DEL', counts);
    expect((await shop.availability(['tee'])).size).toBe(0);
    await shop.rebuild();
    expect(await shop.availability(['tee', 'cap'])).toEqual(before);
    expect((await shop.confirm('r2')).ok).toBe(true);
    expect((await shop.reconcile()).drift).toEqual([]);
  });

  it('drift is rebuilt while others sell, and by two at once only once', async () => {
    const [shop, other, third] = await Promise.all([openShop(), openShop(), openShop()]);
    await shop.setStock('tee', 1000);
    await context.admin('HINCRBY', counts, 'otee', -300);
    let selling = true;
    const sales = (async () => {
      for (let i = 0; selling || i < 20; i++) {
        await third.reserve({ tee: 1 }, { id: `s${i}` });
        await third.confirm(`s${i}`);
      }
    })();
    await Promise.all([shop.rebuild(), other.rebuild()]);
    selling = false;
    await sales;
    expect((await shop.reconcile()).drift).toEqual([]);
    const { free = 0, held = 0, sold = 0 } = (await shop.availability(['tee'])).get('tee') ?? {};
    expect(free + held + sold).toBe(1000);
  });

  it('an audit that is begun later takes what there is for its beginning', async () => {
    const before = await openShop({});
    await before.setStock('tee', 10);
    await before.reserve({ tee: 1 }, { id: 'a' });
    expect(await before.reconcile()).toEqual({ items: 1, reservations: 1, audited: false, drift: [] });
    await expect(before.rebuild()).rejects.toMatchObject({ argument: 'audit' });
    const shop = await openShop();
    await shop.confirm('a');
    await shop.adjust('tee', 5);
    expect(await shop.reconcile()).toMatchObject({ audited: true, drift: [] });
    // One that keeps none, though the others do, is found out.
    await before.adjust('tee', 1);
    expect((await shop.reconcile()).drift).toEqual([
      { item: 'tee', count: 'onHand', counted: 15, expected: 14 },
    ]);
  });

  it('trap 9: a hold whose text is gone stops nobody: it ends unheard of, and its stock is found missing', async () => {
    const shop = await openShop();
    await shop.setStock('tee', 10);
    for (const id of ['a', 'b', 'c']) await shop.reserve({ tee: 1 }, { id });
    await context.admin('HDEL', 'pk:inv1:holds:{books}', 'a', 'b', 'c');
    await context.admin('ZADD', 'pk:inv1:due:{books}', 1, 'c');
    expect((await shop.reserve({ tee: 2 }, { id: 'next' })).ok).toBe(true);
    expect(await shop.confirm('a')).toEqual({ ok: false, reason: 'over', end: 'expired' });
    expect(await shop.reservation('b')).toEqual({ state: 'expired' });
    expect((await shop.availability(['tee'])).get('tee')).toEqual({ free: 5, held: 5, sold: 0 });
    expect((await shop.rebuild()).drift).toEqual([{ item: 'tee', count: 'held', counted: 5, expected: 2 }]);
    expect((await shop.availability(['tee'])).get('tee')).toEqual({ free: 8, held: 2, sold: 0 });
  });
}
