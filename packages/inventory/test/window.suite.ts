import type { MatrixContext } from '@penknife/matrix';
import { expect, it } from 'vitest';
import { createWindow, type WindowOptions } from '../src/index.js';

/** A sliding window over distinct members. */
export function windowSuite(context: MatrixContext): void {
  it('of many callers at once exactly one sees a member for the first time', async () => {
    const windows = await Promise.all(
      [1, 2, 3].map(async () => createWindow(await context.driver(), { name: 'dedup', window: '1m' })),
    );
    const seen = await Promise.all(Array.from({ length: 30 }, (_, i) => windows[i % 3]?.seen('evt_1')));
    expect(seen.filter((before) => !before)).toHaveLength(1);
  });

  it('first sight counts for seen, the latest for touch', async () => {
    const window = createWindow(await context.driver(), { name: 'w', window: '1h' });
    expect(await window.touch('a')).toBe(true);
    await context.advance(1);
    expect(await window.seen('b')).toBe(false);
    expect(await window.members(10)).toEqual(['b', 'a']);
    await context.advance(1);
    expect(await window.seen('a')).toBe(true);
    expect(await window.members(10)).toEqual(['b', 'a']);
    expect(await window.touch('a')).toBe(false);
    expect(await window.members(10)).toEqual(['a', 'b']);
    expect(await window.members(1)).toEqual(['a']);
    expect(await window.count()).toBe(2);
  });

  it('both end with the window', async () => {
    const window = createWindow(await context.driver(), { name: 'w', window: '50ms' });
    await window.touch('a');
    await window.seen('b');
    await context.advance(60);
    expect(await window.count()).toBe(0);
    expect(await window.members(10)).toEqual([]);
    expect(await window.seen('b')).toBe(false);
    expect(await window.touch('a')).toBe(true);
  });

  context.where(context.column.memory, 'spans are exact only on a clock that is moved by hand')(
    'a sight is over exactly when the window is, and seen does not prolong it',
    async () => {
      const window = createWindow(await context.driver(), { name: 'w', window: '1h' });
      await window.seen('a');
      await context.advance(1_800_000);
      expect(await window.seen('a')).toBe(true);
      expect(await window.seen('b')).toBe(false);
      expect(await window.count('30m')).toBe(1);
      expect(await window.count()).toBe(2);
      await context.advance(1_799_999);
      expect(await window.seen('a')).toBe(true);
      await context.advance(1);
      expect(await window.seen('a')).toBe(false);
    },
  );

  it('never holds more members than allowed; the oldest go first', async () => {
    const window = createWindow(await context.driver(), { name: 'full', window: '1m', most: 3 });
    for (const member of ['e', 'd', 'c', 'b', 'a']) {
      await window.seen(member);
      await context.advance(1);
    }
    expect(await window.members(10)).toEqual(['a', 'b', 'c']);
    expect(await window.seen('e')).toBe(false);
  });

  it('foreign data at its key is an error that leaves it as it is', async () => {
    const window = createWindow(await context.driver(), { name: 'foreign', window: '1m' });
    const key = 'pk:inv1:window:{foreign}';
    await context.admin('SET', key, 'somebody else’s', 'PX', '60000');
    for (const act of [
      () => window.seen('a'),
      () => window.touch('a'),
      () => window.count(),
      () => window.members(3),
    ])
      await expect(act()).rejects.toMatchObject({ code: 'INVENTORY_KEY' });
    expect(await context.admin('GET', key)).toBe('somebody else’s');
    await context.admin('DEL', key);
  });

  it('options, members, spans and limits that break a rule are refused by name', async () => {
    const driver = await context.driver();
    const valid: WindowOptions = { name: 'w', window: '1m' };
    for (const [argument, options] of [
      ['name', { name: '' }],
      ['window', { window: 0 }],
      ['window', { window: '31d' }],
      ['most', { most: 0 }],
      ['most', { most: 1e7 }],
      ['deadlineMs', { deadlineMs: 0 }],
    ] as const)
      expect(() => createWindow(driver, { ...valid, ...options })).toThrow(
        expect.objectContaining({ argument }),
      );
    const window = createWindow(driver, valid);
    await expect(window.seen('')).rejects.toMatchObject({ argument: 'member' });
    await expect(window.count('2m')).rejects.toMatchObject({ argument: 'within' });
    await expect(window.members(0)).rejects.toMatchObject({ argument: 'limit' });
  });
}
