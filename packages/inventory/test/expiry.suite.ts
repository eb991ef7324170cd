import type { MatrixContext } from '@penknife/matrix';
import { expect, it } from 'vitest';
import { createInventory, type Inventory, inventoryKeys } from '../src/index.js';

/** Holds that end by themselves, by the server's clock. */
export function expirySuite(context: MatrixContext): void {
  it('trap 7: a hold that is over cannot be confirmed, extended or released; its stock is another’s', async () => {
    const shop = createInventory(await context.driver(), { name: 'shop', perCustomer: 1 });
    await shop.setStock('tee', 1);
    await shop.reserve({ tee: 1 }, { id: 'a', hold: '40ms', customer: 'ann' });
    await context.advance(60);
    expect((await shop.availability(['tee'])).get('tee')).toEqual({ free: 1, held: 0, sold: 0 });
    expect((await shop.reserve({ tee: 1 }, { id: 'b', customer: 'ann' })).ok).toBe(true);
    const over = { ok: false, reason: 'over', end: 'expired' };
    expect(await shop.confirm('a')).toEqual(over);
    expect(await shop.release('a')).toEqual(over);
    expect(await shop.extend('a', '1m')).toEqual(over);
    expect(await shop.reservation('a')).toEqual({ state: 'expired' });
    expect(await shop.reserve({ tee: 1 }, { id: 'a', customer: 'ann' })).toEqual(over);
  });

  it('trap 7: the id that is asked for is judged by its own time, also behind many that are over', async () => {
    const shop = createInventory(await context.driver(), { name: 'shop' });
    await shop.setStock('tee', 40);
    await Promise.all(
      Array.from({ length: 39 }, (_, i) => shop.reserve({ tee: 1 }, { id: `early-${i}`, hold: '20ms' })),
    );
    await shop.reserve({ tee: 1 }, { id: 'late', hold: '25ms' });
    await context.advance(70);
    expect(await shop.confirm('late')).toEqual({ ok: false, reason: 'over', end: 'expired' });
    while ((await shop.sweep()) > 0);
    expect((await shop.availability(['tee'])).get('tee')).toEqual({ free: 40, held: 0, sold: 0 });
    expect(await shop.reconcile()).toEqual({ items: 1, reservations: 0, audited: false, drift: [] });
  });

  it('trap 8: stock comes back when nobody asks: a sweeper finds it, and tells', async () => {
    let hear = (_kind: string): void => undefined;
    const heard = new Promise<string>((resolve) => {
      hear = resolve;
    });
    const shop = createInventory(await context.driver(), {
      name: 'shop',
      events: { emit: async ({ kind }) => (kind === 'back' && swept ? hear(kind) : undefined) },
    });
    let swept = false;
    await shop.setStock('tee', 1);
    await shop.reserve({ tee: 1 }, { id: 'a', hold: '30ms' });
    swept = true;
    const sweeping = shop.startSweeping({ every: '20ms' });
    await context.advance(75);
    expect(await heard).toBe('back');
    await sweeping.close();
  });

  context.where(context.column.memory, 'seconds pass only on a clock that is moved by hand')(
    'of several who sweep one does, by lease; another when it is gone; nobody sweeps on and on while holds end one by one',
    async () => {
      const shops = await Promise.all(
        [1, 2, 3].map(async () => createInventory(await context.driver(), { name: 'shop' })),
      );
      const [shop] = shops as [Inventory, ...Inventory[]];
      await shop.setStock('tee', 500);
      // Ten a second end for a minute.
      for (let i = 1; i <= 400; i++) await shop.reserve({ tee: 1 }, { id: `r${i}`, hold: 1000 + i * 100 });
      const sweepers = shops.map((each) => each.startSweeping());
      await context.advance(10);
      const { calls } = await context.counts(() => context.advance(30_000));
      // One of them about once a second, the two others once in about three.
      expect(calls.evalsha ?? 0).toBeGreaterThan(24);
      expect(calls.evalsha ?? 0).toBeLessThan(75);
      const { received } = await context.counts(async () => sweepers[0]?.close());
      expect(received).toBe(0);
      await context.advance(15_000);
      // Nobody has asked, and all but the last are back.
      expect(await context.admin('ZCARD', inventoryKeys.in('pk').due('shop'))).toBe(0);
      for (const sweeping of sweepers) await sweeping.close();
    },
  );

  it('a sweeper believes no lease that is longer than its own, or has no end', async () => {
    const shop = createInventory(await context.driver(), { name: 'shop' });
    const { due, sweeper } = inventoryKeys.in('pk');
    await shop.setStock('tee', 1);
    // A slower process took one, a clock stepped back, or another hand made it last.
    for (const life of [['PX', 3_600_000], []]) {
      await context.admin('SET', sweeper('shop'), 'another', ...life);
      await shop.reserve({ tee: 1 }, { id: `r${life.length}`, hold: '1h' });
      await context.admin('ZADD', due('shop'), 1, `r${life.length}`);
      await using _sweeping = shop.startSweeping({ every: '1s' });
      while ((await context.admin('ZCARD', due('shop'))) !== 0) await context.advance(1);
    }
    expect((await shop.availability(['tee'])).get('tee')).toEqual({ free: 1, held: 0, sold: 0 });
  });

  it('a crowd of holds that end together is taken back in sweeps without a pause', async () => {
    const shop = createInventory(await context.driver(), { name: 'shop' });
    await shop.setStock('tee', 2);
    for (const id of ['first', 'last']) await shop.reserve({ tee: 1 }, { id, hold: '1h' });
    const due = inventoryKeys.in('pk').due('shop');
    // All of them over, and of most nobody knows any more what was held.
    const others = Array.from({ length: 248 }, (_, i) => [2, `r${i}`]).flat();
    await context.admin('ZADD', due, 1, 'first', ...others, 3, 'last');
    await using _sweeping = shop.startSweeping({ every: '1h' });
    while ((await context.admin('ZCARD', due)) !== 0) await context.advance(1);
    expect((await shop.availability(['tee'])).get('tee')).toEqual({ free: 2, held: 0, sold: 0 });
  });

  it('an extended hold lasts, and never gets shorter', async () => {
    const shop = createInventory(await context.driver(), { name: 'shop' });
    await shop.setStock('tee', 1);
    // A machine that stands still may let the short hold end before it is extended: then another is tried.
    let id = '';
    for (let tries = 1; id === ''; tries++) {
      await shop.reserve({ tee: 1 }, { id: `r${tries}`, hold: '50ms' });
      const extended = await shop.extend(`r${tries}`, '10m');
      if (!extended.ok) continue;
      expect(extended.holdMs).toBe(600_000);
      id = `r${tries}`;
    }
    const shorter = await shop.extend(id, '1s');
    expect(shorter.ok && shorter.holdMs > 500_000).toBe(true);
    await context.advance(60);
    expect(await shop.confirm(id)).toEqual({ ok: true, repeated: false });
  });

  it('sweeping ends with its handle, and by itself with the driver', async () => {
    const driver = await context.driver();
    const shop = createInventory(driver, { name: 'shop' });
    await using first = shop.startSweeping({ every: '10ms' });
    await first.close();
    const second = shop.startSweeping({ every: '10ms' });
    await driver.close();
    await context.advance(20);
    await second.close();
    await expect(shop.sweep()).rejects.toMatchObject({ code: 'CLOSED' });
  });

  context.where(context.column.memory, 'a day passes only on a clock that is moved by hand')(
    'ids are forgotten after `remember`, in batches',
    async () => {
      const shop = createInventory(await context.driver(), { name: 'shop', remember: '1h' });
      await shop.setStock('tee', 100);
      for (let i = 0; i < 50; i++) {
        await shop.reserve({ tee: 1 }, { id: `r${i}` });
        await shop.confirm(`r${i}`);
      }
      await context.advance(3_599_000);
      expect(await shop.confirm('r0')).toEqual({ ok: true, repeated: true });
      await context.advance(2000);
      await shop.sweep();
      expect(await shop.confirm('r0')).toEqual({ ok: false, reason: 'unknown' });
      expect((await shop.availability(['tee'])).get('tee')).toEqual({ free: 50, held: 0, sold: 50 });
    },
  );
}
