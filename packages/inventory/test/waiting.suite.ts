import type { MatrixContext } from '@penknife/matrix';
import { expect, it } from 'vitest';
import { createInventory, inventoryKeys, type StockEvent } from '../src/index.js';
import { playLine } from './line-order.js';

/** Standing in line for stock. */
export function waitingSuite(context: MatrixContext): void {
  const shopOf = async (name: string, options: { perCustomer?: number; mostWaiting?: number } = {}) => {
    const events: StockEvent[] = [];
    const sink = { emit: async (event: StockEvent) => void events.push(event) };
    const shop = createInventory(await context.driver(), { name, events: sink, ...options });
    const granted = () => events.flatMap((event) => (event.kind === 'granted' ? [event.id] : []));
    return { shop, granted };
  };
  const wait = '1h';

  it('who waits is served in the order of arrival, by whatever frees the stock', async () => {
    const { shop, granted } = await shopOf('line');
    await shop.setStock('tee', 1);
    await shop.reserve({ tee: 1 }, { id: 'owner' });
    for (const [ahead, id] of ['a', 'b', 'c'].entries())
      expect(await shop.reserve({ tee: 1 }, { id, wait })).toEqual({ ok: false, reason: 'waiting', ahead });
    expect(await shop.reservation('b')).toMatchObject({
      state: 'waiting',
      ahead: 1,
      items: new Map([['tee', 1]]),
    });
    expect(await shop.confirm('b')).toEqual({ ok: false, reason: 'waiting' });
    expect(await shop.extend('b', '1h')).toEqual({ ok: false, reason: 'waiting' });
    await shop.release('owner');
    expect(granted()).toEqual(['a']);
    expect(await shop.reservation('a')).toMatchObject({ state: 'held' });
    await shop.adjust('tee', 1);
    expect(granted()).toEqual(['a', 'b']);
    expect((await shop.availability(['tee'])).get('tee')).toEqual({ free: 0, held: 2, sold: 0 });
    expect(await shop.confirm('b')).toEqual({ ok: true, repeated: false });
    expect(await shop.reservation('c')).toMatchObject({ state: 'waiting', ahead: 0 });
  });

  it('nobody overtakes: free stock is not given past the line, not even to who wants less', async () => {
    const { shop, granted } = await shopOf('fair');
    await shop.setStock('tee', 2);
    expect(await shop.reserve({ tee: 5 }, { id: 'five', wait })).toMatchObject({ reason: 'waiting' });
    expect(await shop.reserve({ tee: 1 }, { id: 'one' })).toMatchObject({ reason: 'sold-out', free: 0 });
    expect(await shop.reserve({ tee: 1 }, { id: 'two', wait })).toMatchObject({
      reason: 'waiting',
      ahead: 1,
    });
    await shop.adjust('tee', 3);
    expect(granted()).toEqual(['five']);
    await shop.adjust('tee', 1);
    expect(granted()).toEqual(['five', 'two']);
  });

  it('several items are waited for together: held when it is first in every line and all is there', async () => {
    const { shop, granted } = await shopOf('several');
    await shop.setStock('tee', 0);
    await shop.setStock('cap', 1);
    await shop.reserve({ tee: 1 }, { id: 'tee first', wait });
    await shop.reserve({ tee: 1, cap: 1 }, { id: 'both', wait });
    await shop.reserve({ cap: 1 }, { id: 'cap only', wait });
    await shop.adjust('tee', 1);
    expect(granted()).toEqual(['tee first']);
    expect(await shop.reservation('cap only')).toMatchObject({ state: 'waiting', ahead: 1 });
    // Leaving the line counts as much as new stock.
    expect(await shop.release('both')).toEqual({ ok: true, repeated: false });
    expect(granted()).toEqual(['tee first', 'cap only']);
    expect(await shop.reservation('both')).toEqual({ state: 'released' });
  });

  it('a repeated call keeps its place, or finds that its turn has come; another wish under the id is a conflict', async () => {
    const { shop } = await shopOf('again');
    await shop.setStock('tee', 0);
    await shop.reserve({ tee: 1 }, { id: 'a', wait });
    await shop.reserve({ tee: 1 }, { id: 'b', wait });
    expect(await shop.reserve({ tee: 1 }, { id: 'a', wait })).toMatchObject({ reason: 'waiting', ahead: 0 });
    await expect(shop.reserve({ tee: 2 }, { id: 'a', wait })).rejects.toMatchObject({
      code: 'RESERVATION_CONFLICT',
    });
    await shop.adjust('tee', 1);
    expect(await shop.reserve({ tee: 1 }, { id: 'a', wait })).toMatchObject({ ok: true, repeated: true });
  });

  it('the limit of a customer counts when the turn comes, and the line has a bound', async () => {
    const { shop, granted } = await shopOf('limits', { perCustomer: 2, mostWaiting: 2 });
    await shop.setStock('tee', 0);
    await shop.setStock('cap', 5);
    await shop.reserve({ tee: 1 }, { id: 'greedy 1', customer: 'ann', wait });
    await shop.reserve({ tee: 2 }, { id: 'greedy 2', customer: 'ann', wait });
    expect(await shop.reserve({ tee: 1 }, { id: 'third', wait })).toMatchObject({ reason: 'sold-out' });
    await shop.adjust('tee', 3);
    expect(granted()).toEqual(['greedy 1']);
    expect(await shop.reservation('greedy 2')).toEqual({ state: 'expired' });
    expect(await shop.reserve({ tee: 2 }, { id: 'third' })).toMatchObject({ ok: true });
    await expect(shop.reserve({ tee: 1 }, { id: 'x', wait: -1 })).rejects.toMatchObject({ argument: 'wait' });
  });

  it('more than one act hands out: the sweeper goes on, and so does who looks at the item', async () => {
    const { shop, granted } = await shopOf('crowd');
    await shop.setStock('tee', 0);
    await shop.setStock('cap', 0);
    const ids = Array.from({ length: 70 }, (_, i) => `r${i}`);
    for (const id of ids) await shop.reserve({ tee: 1 }, { id, wait });
    await shop.setStock('tee', 100);
    expect(granted()).toEqual(ids.slice(0, 64));
    expect(await shop.sweep()).toBe(0);
    expect(granted()).toEqual(ids);
    for (const id of ids) await shop.reserve({ cap: 1 }, { id: `cap ${id}`, wait });
    await shop.setStock('cap', 100);
    expect((await shop.availability(['cap'])).get('cap')).toMatchObject({ free: 30, held: 70 });
    expect(granted()).toHaveLength(140);
  });

  it('a place in the line whose wish another hand removed keeps nobody waiting', async () => {
    const { shop, granted } = await shopOf('robbed');
    const wanted = inventoryKeys.in('pk').wanted('robbed');
    for (const item of ['tee', 'cap']) await shop.setStock(item, 0);
    for (const id of ['a', 'b']) await shop.reserve({ tee: 1 }, { id, wait });
    await shop.reserve({ cap: 1 }, { id: 'c', wait });
    await shop.reserve({ tee: 1, cap: 1 }, { id: 'both', wait });
    await context.admin('HDEL', wanted, 'a', 'c');
    await shop.adjust('tee', 1);
    expect(granted()).toEqual(['b']);
    await shop.setStock('tee', 2);
    await shop.setStock('cap', 1);
    expect(granted()).toEqual(['b', 'both']);
    // Nobody but places without a wish: whoever asks comes first.
    const gone = Array.from({ length: 40 }, (_, i) => `gone ${i}`);
    for (const id of gone) await shop.reserve({ tee: 1 }, { id, wait });
    await context.admin('HDEL', wanted, ...gone);
    await shop.adjust('tee', 1);
    let held = await shop.reserve({ tee: 1 }, { id: 'next' });
    for (let tries = 1; tries < 3 && !held.ok; tries++) held = await shop.reserve({ tee: 1 }, { id: 'next' });
    expect(held).toMatchObject({ ok: true });
    expect(await context.admin('EXISTS', inventoryKeys.in('pk').line('robbed'))).toBe(0);
  });

  context.where(context.column.memory, 'hours pass only on a clock that is moved by hand')(
    'who is first and has lost patience keeps nobody waiting, though nobody asks for it: the sweeper, and who looks, find out',
    async () => {
      const { shop, granted } = await shopOf('heads');
      for (const item of ['tee', 'cap']) {
        await shop.setStock(item, 1);
        await shop.reserve({ [item]: 5 }, { id: `big ${item}`, wait: '1s' });
        await shop.reserve({ [item]: 1 }, { id: `small ${item}`, wait: '2d' });
      }
      await context.advance(2000);
      expect((await shop.availability(['cap'])).get('cap')).toMatchObject({ free: 0, held: 1 });
      expect(granted()).toEqual(['small cap']);
      await shop.sweep();
      expect(granted()).toEqual(['small cap', 'small tee']);
      const { shop: small } = await shopOf('room', { mostWaiting: 2 });
      for (const item of ['old', 'new']) await small.setStock(item, 0);
      for (const id of ['a', 'b']) await small.reserve({ old: 1 }, { id, wait: '1s' });
      expect(await small.reserve({ new: 1 }, { id: 'c', wait })).toMatchObject({ reason: 'sold-out' });
      await context.advance(2000);
      expect(await small.reserve({ new: 1 }, { id: 'd', wait })).toMatchObject({ reason: 'waiting' });
      expect(await shop.reservation('big tee')).toEqual({ state: 'expired' });
    },
  );

  context.where(context.column.memory, 'hours pass only on a clock that is moved by hand')(
    'patience ends, and holds that end are handed on, without anybody asking but the sweep',
    async () => {
      const { shop, granted } = await shopOf('patience');
      await shop.setStock('tee', 1);
      await shop.reserve({ tee: 1 }, { id: 'owner', hold: '10m' });
      await shop.reserve({ tee: 1 }, { id: 'hasty', wait: '5m' });
      await shop.reserve({ tee: 1 }, { id: 'calm', wait: '1h', hold: '1m' });
      expect(await shop.reservation('hasty')).toMatchObject({ state: 'waiting', waitMs: 300_000 });
      await context.advance(600_000);
      expect(await shop.sweep()).toBe(1);
      expect(granted()).toEqual(['calm']);
      expect(await shop.reservation('hasty')).toEqual({ state: 'expired' });
      expect(await shop.reservation('calm')).toMatchObject({ state: 'held', holdMs: 60_000 });
      await context.advance(60_000);
      expect(await shop.reservation('calm')).toEqual({ state: 'expired' });
      expect(await shop.reserve({ tee: 1 }, { id: 'next' })).toMatchObject({ ok: true });
    },
  );

  it('order: whatever frees stock, everybody with the same wish is granted in the order in which they came', async () => {
    const [seeds, people] = context.column.memory ? [15, 40] : [1, 30];
    for (let seed = 1; seed <= seeds; seed++) {
      const { shop, granted } = await shopOf(`order-${seed}`);
      expect(await playLine(shop, granted, seed, people), `seed ${seed}`).toEqual(granted());
    }
  });
}
