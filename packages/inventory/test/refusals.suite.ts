import type { MatrixContext } from '@penknife/matrix';
import { expect, it } from 'vitest';
import { createInventory, createJointReservations, inventoryKeys, type Quantities } from '../src/index.js';
import { stockKeys } from '../src/keys.js';

const wrongQuantities: readonly unknown[] = [
  {},
  { tee: 0 },
  { tee: -1 },
  { tee: 1.5 },
  { tee: Number.NaN },
  { tee: Number.POSITIVE_INFINITY },
  { tee: '1' },
  { tee: 2e12 },
  { '': 1 },
  { ['x'.repeat(201)]: 1 },
  { '\ud800': 1 },
  ['tee'],
  null,
  Object.fromEntries(Array.from({ length: 65 }, (_, i) => [`item-${i}`, 1])),
];

/** Bad input and foreign data: a typed error, and nothing changes. */
export function refusalSuite(context: MatrixContext): void {
  it('quantities, ids, holds and numbers that break a rule are refused before anything is sent', async () => {
    const shop = createInventory(await context.driver(), { name: 'shop' });
    const { received } = await context.counts(async () => {
      for (const items of wrongQuantities)
        await expect(shop.reserve(items as Quantities, { id: 'a' })).rejects.toMatchObject({
          code: 'INVALID_ARGUMENT',
        });
      for (const id of ['', 'x'.repeat(10_000_000), 7 as unknown as string])
        for (const act of [shop.confirm, shop.release, shop.reservation])
          await expect((async () => act(id))()).rejects.toMatchObject({ argument: 'id' });
      for (const hold of [0, -5, 9, Number.NaN, '31d', '5 minutes' as '5m'] as const)
        await expect(shop.reserve({ tee: 1 }, { id: 'a', hold })).rejects.toMatchObject({ argument: 'hold' });
      for (const onHand of [-1, 0.5, Number.NaN, 1e13])
        await expect(shop.setStock('tee', onHand)).rejects.toMatchObject({ argument: 'onHand' });
      for (const by of [0, 0.5, Number.NaN, 1e13])
        await expect(shop.adjust('tee', by)).rejects.toMatchObject({ argument: 'by' });
      await expect(shop.reserve({ tee: 1 }, undefined as never)).rejects.toMatchObject({
        argument: 'options',
      });
      await expect(shop.setStock('tee', 1, null as never)).rejects.toMatchObject({ argument: 'options' });
      await expect(shop.availability([])).rejects.toMatchObject({ argument: 'items' });
      await expect(shop.availability(Array.from({ length: 501 }, String))).rejects.toMatchObject({
        argument: 'items',
      });
    });
    expect(received).toBe(0);
  });

  it('options that break a rule are refused by their name', async () => {
    const driver = await context.driver();
    const make = (options: object) => () => createInventory(driver, { name: 'shop', ...options });
    for (const [argument, options] of [
      ['name', { name: 'a:b' }],
      ['hold', { hold: 0 }],
      ['perCustomer', { perCustomer: 0 }],
      ['lowAt', { lowAt: -1 }],
      ['audit', { audit: 10 }],
      ['audit', { audit: 100_001 }],
      ['remember', { remember: 10 }],
      ['namespace', { namespace: '{x}' }],
      ['deadlineMs', { deadlineMs: 0 }],
    ] as const)
      expect(make(options), argument).toThrow(expect.objectContaining({ argument }));
    for (const none of [undefined, null])
      expect(() => createInventory(driver, none as never)).toThrow(
        expect.objectContaining({ argument: 'options' }),
      );
    const made = createInventory(driver, { name: 'shop' });
    for (const [argument, joint] of [
      ['driver', () => createJointReservations(null as never, [made])],
      ['inventories', () => createJointReservations(driver, null as never)],
      ['inventories', () => createJointReservations(driver, [null as never])],
      ['options', () => createJointReservations(driver, [made], null as never)],
      ['options', () => made.startSweeping(null as never)],
    ] as const)
      expect(joint, argument).toThrow(expect.objectContaining({ argument }));
    expect(() => createInventory({} as never, { name: 'shop' })).toThrow(
      expect.objectContaining({ argument: 'driver' }),
    );
    expect(() => createInventory(driver, { name: 'shop' }).startSweeping({ every: 0 })).toThrow(
      expect.objectContaining({ argument: 'every' }),
    );
  });

  it('an item that was never set is an error, and nothing is held', async () => {
    const shop = createInventory(await context.driver(), { name: 'shop' });
    await shop.setStock('tee', 1);
    await expect(shop.reserve({ tee: 1, typo: 1 }, { id: 'a' })).rejects.toMatchObject({
      code: 'UNKNOWN_ITEM',
      item: 'typo',
    });
    await expect(shop.adjust('typo', 1)).rejects.toMatchObject({ code: 'UNKNOWN_ITEM' });
    expect(await shop.availability(['tee', 'typo'])).toEqual(
      new Map([['tee', { free: 1, held: 0, sold: 0 }]]),
    );
  });

  it('names of any text stay apart: prefixes, separators, `__proto__`', async () => {
    const shop = createInventory(await context.driver(), { name: 'shop', perCustomer: 3 });
    const names = ['__proto__', 'constructor', 'a', 'ha', '1:a', '{a}', 'a\n', '"', '日本', ' '];
    for (const [i, name] of names.entries()) await shop.setStock(name, i + 3);
    for (const name of names)
      expect(
        (await shop.reserve(Object.fromEntries([[name, 1]]), { id: `id-${name}`, customer: name })).ok,
      ).toBe(true);
    const levels = await shop.availability(names);
    expect(names.map((name) => levels.get(name))).toEqual(
      names.map((_, i) => ({ free: i + 2, held: 1, sold: 0 })),
    );
    // Customer "aa" of item "a" is not customer "a" of item "aa".
    await shop.setStock('aa', 9);
    await shop.reserve({ a: 2 }, { id: 'x', customer: 'aa' });
    expect((await shop.reserve({ aa: 3 }, { id: 'y', customer: 'a' })).ok).toBe(true);
  });

  it('foreign data at any of its keys is an error that leaves everything as it is', async () => {
    const shop = createInventory(await context.driver(), { name: 'shop', audit: 100 });
    const keys = stockKeys(inventoryKeys.in('pk'), 'shop');
    for (const key of keys) {
      await context.admin('DEL', ...keys);
      await shop.setStock('tee', 5);
      await shop.reserve({ tee: 1 }, { id: 'a', customer: 'ann' });
      const before = await context.admin('HGETALL', keys[0] as string);
      await context.admin('DEL', key);
      await context.admin('SET', key, 'somebody else’s', 'PX', '60000');
      await expect(shop.reserve({ tee: 1 }, { id: 'b', customer: 'ann' })).rejects.toMatchObject({
        code: 'INVENTORY_KEY',
      });
      await expect(shop.confirm('a')).rejects.toMatchObject({ code: 'INVENTORY_KEY' });
      if (key === keys[0]) await expect(shop.reconcile()).rejects.toMatchObject({ code: 'INVENTORY_KEY' });
      expect(await context.admin('GET', key)).toBe('somebody else’s');
      if (key !== keys[0]) expect(await context.admin('HGETALL', keys[0] as string)).toEqual(before);
    }
    await context.admin('DEL', ...keys);
  });
}
