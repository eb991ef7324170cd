import { type MatrixContext, overFailovers } from '@penknife/matrix';
import { expect, it } from 'vitest';
import { createInventory, inventoryKeys } from '../src/index.js';

/** Any key of the inventory: all lie in one slot. */
const key = inventoryKeys.in('pk').counts('shop');
const done = { ok: true, repeated: false };
const repeated = { ok: true, repeated: true };
const unknown = { ok: false, reason: 'unknown' };

function failoverSuite({ driver, faults }: MatrixContext): void {
  it('a failover that loses reservations, sales and deliveries keeps the sum: every piece is free, held or sold once', async () => {
    const open = async () =>
      createInventory(await driver(), { name: 'shop', audit: 1000, deadlineMs: 40_000 });
    const [here, there] = [await open(), await open()];
    let put = 10;
    /** Free, held and sold, which must be all that was put there. */
    async function levels(): Promise<readonly number[]> {
      const { free, held, sold } = (await there.availability(['tee'])).get('tee') ?? {};
      const all = [free, held, sold].map(Number);
      expect(all.reduce((sum, count) => sum + count)).toBe(put);
      return all;
    }
    await here.setStock('tee', put);
    for (const [id, tee] of Object.entries({ sold: 1, kept: 2, paid: 1 }))
      expect(await here.reserve({ tee }, { id })).toMatchObject(done);
    expect(await here.confirm('sold')).toEqual(done);
    expect(await levels()).toEqual([6, 3, 1]);
    await faults.failOver?.(key, async () => {
      expect(await here.reserve({ tee: 4 }, { id: 'lost' })).toMatchObject(done);
      expect(await here.confirm('paid')).toEqual(done);
      expect(await there.adjust('tee', 5, { id: 'delivery' })).toMatchObject(done);
      put += 5;
      expect(await levels()).toEqual([7, 6, 2]);
    });
    put -= 5;
    expect(await levels()).toEqual([6, 3, 1]);

    // The lost reservation never was: it cannot be paid for, and its pieces are anybody's.
    expect(await here.confirm('lost')).toEqual(unknown);
    expect(await here.release('lost')).toEqual(unknown);
    expect(await here.reservation('lost')).toEqual({ state: 'unknown' });
    expect(await there.reserve({ tee: 7 }, { id: 'next' })).toEqual({
      ok: false,
      reason: 'sold-out',
      item: 'tee',
      free: 6,
    });
    expect(await there.reserve({ tee: 6 }, { id: 'next' })).toMatchObject(done);
    expect(await here.reserve({ tee: 4 }, { id: 'lost' })).toMatchObject({ reason: 'sold-out', free: 0 });

    // What the replica knew of holds once, and is sold once, however often it is asked for.
    const [known, again] = await Promise.all(
      [here, there].map((shop) => shop.reserve({ tee: 2 }, { id: 'kept' })),
    );
    expect([known, again]).toMatchObject([repeated, repeated]);
    expect(await there.confirm('sold')).toEqual(repeated);
    expect(await levels()).toEqual([0, 9, 1]);
    expect(await there.confirm('kept')).toEqual(done);
    expect(await here.confirm('paid')).toEqual(done);
    expect(await here.confirm('paid')).toEqual(repeated);
    expect(await levels()).toEqual([0, 6, 4]);

    // Lost acts that are repeated under their ids are done, once.
    for (const outcome of [done, repeated]) {
      expect(await there.adjust('tee', 5, { id: 'delivery' })).toMatchObject(outcome);
      if (outcome === done) put += 5;
      expect(await here.reserve({ tee: 4 }, { id: 'lost' })).toMatchObject(outcome);
      expect(await levels()).toEqual([1, 10, 4]);
    }
    expect(await here.confirm('lost')).toEqual(done);
    expect(await levels()).toEqual([1, 6, 8]);
    expect(await here.reconcile()).toMatchObject({ drift: [] });
  });
}

overFailovers('an inventory and a failover', failoverSuite, inventoryKeys);
