import { type MatrixContext, slowDriver } from '@penknife/matrix';
import { createChaosDriver } from '@penknife/testing';
import { expect, it } from 'vitest';
import { createInventory, inventoryKeys, type StockEvent } from '../src/index.js';

/** Reservations and their ends, on whatever the context runs on. */
export function reserveSuite(context: MatrixContext): void {
  it('the everyday way: set, reserve, confirm', async () => {
    const shop = createInventory(await context.driver(), { name: 'shop' });
    expect(await shop.setStock('tee', 10)).toEqual({ ok: true, onHand: 10, held: 0, repeated: false });
    expect(await shop.reserve({ tee: 3 }, { id: 'cart-1', hold: '10m' })).toEqual({
      ok: true,
      holdMs: 600_000,
      repeated: false,
    });
    expect(await shop.availability(['tee', 'cap'])).toEqual(
      new Map([['tee', { free: 7, held: 3, sold: 0 }]]),
    );
    expect(await shop.confirm('cart-1')).toEqual({ ok: true, repeated: false });
    expect(await shop.availability(['tee'])).toEqual(new Map([['tee', { free: 7, held: 0, sold: 3 }]]));
  });

  it('trap 1: two round trips oversell: of 40 callers at once exactly as many succeed as there are pieces', async () => {
    const shops = await Promise.all(
      [1, 2, 3, 4].map(async () => createInventory(await context.driver(), { name: 'rush' })),
    );
    await shops[0]?.setStock('ticket', 7);
    const outcomes = await Promise.all(
      Array.from({ length: 40 }, (_, i) => shops[i % 4]?.reserve({ ticket: 1 }, { id: `buyer-${i}` })),
    );
    expect(outcomes.filter((outcome) => outcome?.ok)).toHaveLength(7);
    expect(outcomes.find((outcome) => !outcome?.ok)).toEqual({
      ok: false,
      reason: 'sold-out',
      item: 'ticket',
      free: 0,
    });
  });

  it('trap 2: several items are held all together or not at all', async () => {
    const shop = createInventory(await context.driver(), { name: 'shop' });
    await shop.setStock('tee', 5);
    await shop.setStock('cap', 1);
    expect(await shop.reserve({ tee: 2, cap: 2 }, { id: 'a' })).toEqual({
      ok: false,
      reason: 'sold-out',
      item: 'cap',
      free: 1,
    });
    expect((await shop.availability(['tee'])).get('tee')).toEqual({ free: 5, held: 0, sold: 0 });
    expect((await shop.reserve({ cap: 1, tee: 2 }, { id: 'a' })).ok).toBe(true);
  });

  it('trap 3: a call repeated after a lost reply holds once, in whatever order its items come', async () => {
    let lose = true;
    const chaos = createChaosDriver(await context.driver(), {
      seed: 1,
      plan: () => (lose ? 'drop-after' : undefined),
    });
    const honest = createInventory(await context.driver(), { name: 'shop' });
    await honest.setStock('tee', 5);
    await honest.setStock('cap', 5);
    const shop = createInventory(chaos.driver, { name: 'shop' });
    await expect(shop.reserve({ tee: 2, cap: 1 }, { id: 'a' })).rejects.toMatchObject({ sent: 'maybe' });
    lose = false;
    expect(await shop.reserve({ cap: 1, tee: 2 }, { id: 'a' })).toMatchObject({ ok: true, repeated: true });
    expect((await honest.availability(['tee'])).get('tee')).toEqual({ free: 3, held: 2, sold: 0 });
    lose = true;
    await expect(shop.confirm('a')).rejects.toMatchObject({ sent: 'maybe' });
    lose = false;
    expect(await shop.confirm('a')).toEqual({ ok: true, repeated: true });
    lose = true;
    await expect(shop.adjust('tee', 10, { id: 'delivery-7' })).rejects.toMatchObject({ sent: 'maybe' });
    lose = false;
    expect(await shop.adjust('tee', 10, { id: 'delivery-7' })).toEqual({
      ok: true,
      onHand: 13,
      held: 0,
      repeated: true,
    });
  });

  it('trap 4: an id that stands for other items is a conflict, and the first reservation goes on', async () => {
    const shop = createInventory(await context.driver(), { name: 'shop' });
    await shop.setStock('tee', 5);
    await shop.reserve({ tee: 2 }, { id: 'a', customer: 'ann' });
    await expect(shop.reserve({ tee: 3 }, { id: 'a', customer: 'ann' })).rejects.toMatchObject({
      code: 'RESERVATION_CONFLICT',
    });
    await expect(shop.reserve({ tee: 2 }, { id: 'a', customer: 'bob' })).rejects.toMatchObject({
      code: 'RESERVATION_CONFLICT',
    });
    expect(await shop.reservation('a')).toMatchObject({
      state: 'held',
      items: new Map([['tee', 2]]),
      customer: 'ann',
    });
  });

  it('trap 5: the first end stands: neither a late release nor a late confirm changes it', async () => {
    const shop = createInventory(await context.driver(), { name: 'shop' });
    await shop.setStock('tee', 5);
    await shop.reserve({ tee: 1 }, { id: 'a' });
    await shop.reserve({ tee: 1 }, { id: 'b' });
    await shop.confirm('a');
    await shop.release('b');
    expect(await shop.release('a')).toEqual({ ok: false, reason: 'over', end: 'confirmed' });
    expect(await shop.confirm('b')).toEqual({ ok: false, reason: 'over', end: 'released' });
    expect(await shop.reserve({ tee: 1 }, { id: 'b' })).toEqual({
      ok: false,
      reason: 'over',
      end: 'released',
    });
    expect(await shop.confirm('never')).toEqual({ ok: false, reason: 'unknown' });
    expect(await shop.extend('never', '1m')).toEqual({ ok: false, reason: 'unknown' });
    expect((await shop.availability(['tee'])).get('tee')).toEqual({ free: 4, held: 0, sold: 1 });
  });

  it('trap 6: stock cannot be set or adjusted below what is held', async () => {
    const shop = createInventory(await context.driver(), { name: 'shop' });
    await shop.setStock('tee', 5);
    await shop.reserve({ tee: 3 }, { id: 'a' });
    expect(await shop.setStock('tee', 2)).toEqual({ ok: false, reason: 'held', onHand: 5, held: 3 });
    expect(await shop.adjust('tee', -3)).toEqual({ ok: false, reason: 'held', onHand: 5, held: 3 });
    expect(await shop.adjust('tee', -2)).toEqual({ ok: true, onHand: 3, held: 3, repeated: false });
    expect(await shop.adjust('tee', 1e12)).toMatchObject({ ok: false, reason: 'full' });
  });

  it('a customer holds and buys no more of an item than allowed; what comes back does not count', async () => {
    const shop = createInventory(await context.driver(), { name: 'shop', perCustomer: 2 });
    await shop.setStock('tee', 9);
    await shop.setStock('cap', 9);
    await shop.reserve({ tee: 2 }, { id: 'a', customer: 'ann' });
    expect(await shop.reserve({ cap: 1, tee: 1 }, { id: 'b', customer: 'ann' })).toEqual({
      ok: false,
      reason: 'customer-limit',
      item: 'tee',
      left: 0,
    });
    expect((await shop.reserve({ cap: 2 }, { id: 'c', customer: 'ann' })).ok).toBe(true);
    expect((await shop.reserve({ tee: 2 }, { id: 'd', customer: 'bob' })).ok).toBe(true);
    await shop.release('a');
    expect((await shop.reserve({ tee: 1 }, { id: 'e', customer: 'ann' })).ok).toBe(true);
    await shop.confirm('e');
    expect(await shop.reserve({ tee: 2 }, { id: 'f', customer: 'ann' })).toMatchObject({ left: 1 });
  });

  it('events tell of low, sold out and back, once each, also to a sink that fails', async () => {
    const events: StockEvent[] = [];
    const shop = createInventory(await context.driver(), {
      name: 'shop',
      lowAt: 2,
      events: {
        emit: (event) => {
          events.push(event);
          if (event.kind === 'low') throw new Error('sink, at once');
          return Promise.reject(new Error('sink'));
        },
      },
    });
    await shop.setStock('tee', 4);
    await shop.reserve({ tee: 2 }, { id: 'a' });
    await shop.reserve({ tee: 1 }, { id: 'b' });
    await shop.reserve({ tee: 1 }, { id: 'c' });
    await shop.release('c');
    expect(events.map((event) => [event.kind, event.kind !== 'granted' && event.free])).toEqual([
      ['back', 4],
      ['low', 2],
      ['sold-out', 0],
      ['back', 1],
    ]);
  });

  it('the audit names every change, and only changes, in their order', async () => {
    const shop = createInventory(await context.driver(), { name: 'shop', audit: 1000 });
    await shop.setStock('tee', 5);
    await shop.reserve({ tee: 2 }, { id: 'a' });
    await shop.reserve({ tee: 9 }, { id: 'refused' });
    await shop.confirm('a');
    await shop.confirm('a');
    await shop.reserve({ tee: 1 }, { id: 'b' });
    await shop.release('b');
    const entries = await context.admin('XRANGE', 'pk:inv1:audit:{shop}', '-', '+');
    const fields = (entries as [string, string[]][]).map(([, [, act, , id, , items]]) => [act, id, items]);
    expect(fields).toEqual([
      ['adjusted', '', '[["tee",5]]'],
      ['reserved', 'a', '[["tee",2]]'],
      ['confirmed', 'a', '[["tee",2]]'],
      ['reserved', 'b', '[["tee",1]]'],
      ['released', 'b', '[["tee",1]]'],
    ]);
  });

  it('who bought an item whose sale is over is forgotten, of that item alone, and not while any of it is held', async () => {
    const shop = createInventory(await context.driver(), { name: 'shop', perCustomer: 1 });
    const customers = inventoryKeys.in('pk').customers('shop');
    for (const item of ['tee', 't', 'tee2']) await shop.setStock(item, 1000);
    await shop.reserve({ tee: 1 }, { id: 'first', customer: 'c0' });
    await shop.confirm('first');
    const others = Array.from({ length: 599 }, (_, i) => [`3:teec${i + 1}`, 1]).flat();
    await context.admin('HSET', customers, ...others);
    expect(await shop.reserve({ tee: 1 }, { id: 'more', customer: 'c1' })).toMatchObject({
      reason: 'customer-limit',
    });
    for (const item of ['t', 'tee2']) await shop.reserve({ [item]: 1 }, { id: item, customer: 'ann' });
    await shop.reserve({ tee: 1 }, { id: 'last', customer: 'ann' });
    expect(await shop.forgetCustomers('tee')).toEqual({ ok: false, reason: 'held', held: 1 });
    expect(await context.admin('HLEN', customers)).toBe(603);
    await shop.confirm('last');
    expect(await shop.forgetCustomers('tee')).toEqual({ ok: true, forgotten: 601 });
    expect(new Set((await context.admin('HKEYS', customers)) as string[])).toEqual(
      new Set(['1:tann', '4:tee2ann']),
    );
    expect(await shop.forgetCustomers('tee')).toEqual({ ok: true, forgotten: 0 });
    expect(await shop.reserve({ tee: 1 }, { id: 'again', customer: 'c1' })).toMatchObject({ ok: true });
    expect((await shop.availability(['tee'])).get('tee')).toEqual({ free: 997, held: 1, sold: 2 });
    await expect(shop.forgetCustomers('')).rejects.toMatchObject({ argument: 'item' });
  });

  it('customers are forgotten within one deadline for all commands, and behind a crowd of holds that are over', async () => {
    const { driver: slow, given } = slowDriver(await context.driver(), 40_000);
    const shop = createInventory(slow, { name: 'shop' });
    const { customers, due } = inventoryKeys.in('pk');
    await shop.setStock('tee', 100);
    for (let i = 0; i < 20; i++)
      await shop.reserve({ tee: 1 }, { id: `r${i}`, hold: '1h', customer: `h${i}` });
    await context.admin('ZADD', due('shop'), ...Array.from({ length: 20 }, (_, i) => [1, `r${i}`]).flat());
    expect(await shop.forgetCustomers('tee')).toEqual({ ok: true, forgotten: 0 });
    await context.admin(
      'HSET',
      customers('shop'),
      ...Array.from({ length: 900 }, (_, i) => [`3:teec${i}`, 1]).flat(),
    );
    given.length = 0;
    await expect(shop.forgetCustomers('tee', { deadlineMs: 100_000 })).rejects.toMatchObject({
      code: 'DEADLINE',
      deadlineMs: 100_000,
    });
    expect(given).toEqual([100_000, 60_000, 20_000]);
    const left = Number(await context.admin('HLEN', customers('shop')));
    expect(left).toBeLessThan(900);
    expect(await shop.forgetCustomers('tee')).toEqual({ ok: true, forgotten: left });
    await expect(shop.forgetCustomers('tee', { deadlineMs: 0 })).rejects.toMatchObject({
      argument: 'deadlineMs',
    });
  });

  it('one command an act, whatever the number of items', async () => {
    const shop = createInventory(await context.driver(), { name: 'shop', audit: 1000 });
    await shop.setStock('tee', 50);
    await shop.setStock('cap', 50);
    await shop.reserve({ tee: 1, cap: 1 }, { id: 'warm' });
    await shop.confirm('warm');
    await shop.availability(['tee']);
    const { calls } = await context.counts(async () => {
      await shop.reserve({ tee: 1, cap: 1 }, { id: 'a', customer: 'ann' });
      await shop.confirm('a');
      await shop.availability(['tee', 'cap']);
    });
    expect([calls.evalsha, calls.eval]).toEqual([3, undefined]);
  });
}
