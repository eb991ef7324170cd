import { type Driver, slotOf } from '@penknife/core';
import type { MatrixContext } from '@penknife/matrix';
import { createChaosDriver } from '@penknife/testing';
import { expect, it } from 'vitest';
import { createInventory, createJointReservations, type Inventory, inventoryKeys } from '../src/index.js';

const names = ['caps', 'posters', 'tees'] as const;
const cart = { caps: { red: 1 }, posters: { signed: 2 }, tees: { black: 1, white: 1 } } as const;

/** Every inventory over one driver, and their joint reservations. */
function openShops(driver: Driver) {
  const shops = names.map((name) => createInventory(driver, { name, hold: '10m', perCustomer: 5 }));
  return { shops, joint: createJointReservations(driver, shops) };
}

async function stock(shops: readonly Inventory[]): Promise<void> {
  for (const shop of shops) for (const item of itemsOf(shop)) await shop.setStock(item, 10);
}

function itemsOf({ name }: Inventory): string[] {
  return Object.keys(cart[name as keyof typeof cart]);
}

/** What is free, held and sold, all items of an inventory together. */
async function totals(shops: readonly Inventory[]): Promise<(readonly [number, number, number])[]> {
  const all = await Promise.all(shops.map((shop) => shop.availability(itemsOf(shop))));
  return all.map((levels) =>
    [...levels.values()].reduce(
      ([free, held, sold], level) => [free + level.free, held + level.held, sold + level.sold] as const,
      [0, 0, 0] as readonly [number, number, number],
    ),
  );
}

const untouched = [
  [10, 0, 0],
  [10, 0, 0],
  [20, 0, 0],
];
const allHeld = [
  [9, 1, 0],
  [8, 2, 0],
  [18, 2, 0],
];
const allSold = [
  [9, 0, 1],
  [8, 0, 2],
  [18, 0, 2],
];

/** Reservations over inventories in different slots. */
export function jointSuite(context: MatrixContext): void {
  it('across slots: all parts are held, sold, or given back', async () => {
    const keys = inventoryKeys.in('pk');
    expect(new Set(names.map((name) => slotOf(keys.counts(name)))).size).toBe(3);
    const { shops, joint } = openShops(await context.driver());
    await stock(shops);
    const held = await joint.reserve(cart, { id: 'a', customer: 'ann' });
    expect(held).toMatchObject({ ok: true, repeated: false });
    expect(held.ok && held.holdMs > 500_000 && held.holdMs <= 600_000).toBe(true);
    expect(await totals(shops)).toEqual(allHeld);
    expect(await joint.reserve(cart, { id: 'a', customer: 'ann' })).toMatchObject({
      ok: true,
      repeated: true,
    });
    expect(await joint.confirm('a', names)).toEqual({ ok: true, repeated: false });
    expect(await joint.confirm('a', names)).toEqual({ ok: true, repeated: true });
    expect(await totals(shops)).toEqual(allSold);
    expect(await joint.release('a')).toEqual({ ok: false, reason: 'sold', sold: [...names] });
    await joint.reserve(cart, { id: 'b' });
    expect(await joint.release('b')).toEqual({ ok: true });
    expect(await totals(shops)).toEqual(allSold);
    expect(await joint.confirm('b', names)).toEqual({
      ok: false,
      reason: 'over',
      end: 'released',
      inventory: 'caps',
    });
    expect(await joint.confirm('never', names)).toMatchObject({ ok: false, reason: 'unknown' });
  });

  it('compensation: a part that is refused gives the others back, and says which it was', async () => {
    const { shops, joint } = openShops(await context.driver());
    await stock(shops);
    expect(await joint.reserve({ ...cart, tees: { black: 11 } }, { id: 'a' })).toEqual({
      ok: false,
      reason: 'sold-out',
      item: 'black',
      free: 10,
      inventory: 'tees',
    });
    expect(
      await joint.reserve({ ...cart, posters: { signed: 6 } }, { id: 'b', customer: 'ann' }),
    ).toMatchObject({
      reason: 'customer-limit',
      inventory: 'posters',
    });
    await expect(joint.reserve({ ...cart, tees: { typo: 1 } }, { id: 'c' })).rejects.toMatchObject({
      code: 'UNKNOWN_ITEM',
    });
    expect(await totals(shops)).toEqual(untouched);
    // An id that stands for other items is somebody's: that goes on.
    await joint.reserve(cart, { id: 'd' });
    await expect(joint.reserve({ ...cart, tees: { black: 2 } }, { id: 'd' })).rejects.toMatchObject({
      code: 'RESERVATION_CONFLICT',
    });
    expect(await totals(shops)).toEqual(allHeld);
  });

  it('a part that is no longer held when it is to be sold: nothing is sold, and nothing is held', async () => {
    const { shops, joint } = openShops(await context.driver());
    await stock(shops);
    await joint.reserve(cart, { id: 'a' });
    await shops[1]?.release('a');
    expect(await joint.confirm('a', names)).toEqual({
      ok: false,
      reason: 'over',
      end: 'released',
      inventory: 'posters',
    });
    expect(await totals(shops)).toEqual(untouched);
    // Sold by half, against the rules: told, and left as it is.
    await joint.reserve(cart, { id: 'b' });
    await shops[0]?.confirm('b');
    await shops[1]?.release('b');
    expect(await joint.confirm('b', names)).toEqual({
      ok: false,
      reason: 'partial',
      sold: ['caps'],
      held: ['tees'],
      lost: ['posters'],
    });
    expect(await joint.reserve(cart, { id: 'b' })).toMatchObject({ reason: 'over', end: 'confirmed' });
    expect(await joint.release('b')).toEqual({ ok: false, reason: 'sold', sold: ['caps'] });
  });

  it('whoever was not answered repeats the call, and it goes on where it was', async () => {
    const honest = openShops(await context.driver());
    await stock(honest.shops);
    for (const [round, lost] of [0, 1, 2].entries()) {
      let calls = -1;
      const chaos = createChaosDriver(await context.driver(), {
        seed: 1,
        plan: () => (++calls === lost ? 'drop-after' : undefined),
      });
      const { joint } = openShops(chaos.driver);
      const id = `r${round}`;
      await expect(joint.reserve(cart, { id })).rejects.toMatchObject({ sent: 'maybe' });
      expect(await joint.reserve(cart, { id })).toMatchObject({ ok: true });
      calls = -4;
      await expect(joint.confirm(id, names)).rejects.toMatchObject({ sent: 'maybe' });
      expect(await joint.confirm(id, names)).toMatchObject({ ok: true });
    }
    expect((await totals(honest.shops)).map(([, held, sold]) => [held, sold])).toEqual([
      [0, 3],
      [0, 6],
      [0, 6],
    ]);
  });

  /** After so many of its commands the process is dead: the next one does not leave, or is not answered, and no more come. */
  async function dieAt(
    step: number,
    how: 'drop-before' | 'drop-after',
    act: (driver: Driver) => Promise<unknown>,
  ) {
    let calls = 0;
    const chaos = createChaosDriver(await context.driver(), {
      seed: 1,
      plan: () => (calls++ < step ? undefined : calls - 1 === step ? how : 'drop-before'),
    });
    return act(chaos.driver).then(
      () => 'lived',
      () => 'died',
    );
  }

  context.where(context.column.memory, 'minutes and hours pass only on a clock that is moved by hand')(
    'killed at each step: nothing is oversold, holds come back by themselves, and a repeated confirm sells all of it',
    async () => {
      let deaths = 0;
      for (const how of ['drop-before', 'drop-after'] as const)
        for (let step = 0; step < 9; step++) {
          const driver = await context.driver();
          const { shops, joint } = openShops(driver);
          await stock(shops);
          const free = await totals(shops);
          const sum = (level: readonly [number, number, number]) => level[0] + level[1] + level[2];
          const whole = free.map(sum);
          let confirming = false;
          const id = `${how} ${step}`;
          const fate = await dieAt(step, how, async (dying) => {
            const mine = openShops(dying).joint;
            if (!(await mine.reserve(cart, { id })).ok) throw new Error('stock is there');
            confirming = true;
            await mine.confirm(id, names);
          });
          if (fate === 'died') deaths++;
          expect((await totals(shops)).map(sum), id).toEqual(whole);
          for (const [left, held] of await totals(shops)) expect(left >= 0 && held >= 0, id).toBe(true);
          if (confirming) {
            // Somebody else repeats it, half an hour later.
            await context.advance(1_800_000);
            const outcome = await joint.confirm(id, names);
            const after = await totals(shops);
            if (outcome.ok)
              expect(
                after.map(([, , sold], i) => sold - (free[i]?.[2] ?? 0)),
                id,
              ).toEqual([1, 2, 2]);
            // Dead before the first hold was prolonged.
            else expect({ outcome, after }, id).toMatchObject({ outcome: { reason: 'over' }, after: free });
          }
          await context.advance(3_600_000);
          const end = await totals(shops);
          expect(
            end.map(([, held]) => held),
            id,
          ).toEqual([0, 0, 0]);
          expect(end.map(sum), id).toEqual(whole);
          for (const shop of shops) expect((await shop.reconcile()).drift).toEqual([]);
        }
      expect(deaths).toBe(18);
    },
  );

  it('what breaks a rule is refused before anything is sent', async () => {
    const driver = await context.driver();
    const { shops, joint } = openShops(driver);
    const [caps] = shops;
    for (const some of [[], [caps, caps]])
      expect(() => createJointReservations(driver, some as Inventory[])).toThrow(
        expect.objectContaining({ argument: 'inventories' }),
      );
    expect(() => createJointReservations(driver, shops, { settle: 0 })).toThrow(
      expect.objectContaining({ argument: 'settle' }),
    );
    const { received } = await context.counts(async () => {
      for (const [argument, parts, options] of [
        ['parts', {}, { id: 'a' }],
        ['parts', null, { id: 'a' }],
        ['parts', { mugs: { red: 1 } }, { id: 'a' }],
        ['quantity', { caps: { red: 1 }, tees: { black: 0 } }, { id: 'a' }],
        ['items', { caps: { red: 1 }, tees: {} }, { id: 'a' }],
        ['id', cart, { id: '' }],
        ['hold', cart, { id: 'a', hold: 0 }],
        ['customer', cart, { id: 'a', customer: '' }],
      ] as const)
        await expect(joint.reserve(parts as never, options), argument).rejects.toMatchObject({ argument });
      for (const some of [[], ['mugs'], ['caps', 'caps']])
        await expect(joint.confirm('a', some)).rejects.toMatchObject({ argument: 'inventories' });
      await expect(joint.confirm('', ['caps'])).rejects.toMatchObject({ argument: 'id' });
      await expect(joint.release('')).rejects.toMatchObject({ argument: 'id' });
    });
    expect(received).toBe(0);
  });
}
