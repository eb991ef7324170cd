import type { Driver } from '@penknife/core';
import type { MatrixContext } from '@penknife/matrix';
import { expect } from 'vitest';
import { createCases } from './cases.js';
import { createGate } from './stage.js';

/** Writing through, on whatever the context runs on. */
export function writeThroughSuite(context: MatrixContext): void {
  const { made, until, test } = createCases(context);

  test('writes where the value lives, then every process reads it without a load', async () => {
    const [a, b] = [await made<string>(), await made<string>()];
    let source = 'old';
    await a.getOrSet('x', () => source);
    await b.getOrSet('x', () => source);
    await a.writeThrough(
      'x',
      'new',
      async (value) => {
        source = value;
      },
      { tags: ['t'] },
    );
    expect(source).toBe('new');
    expect(a.peek('x')).toBeUndefined();
    await until('the other is told', () => b.peek('x') === undefined);
    const never = () => Promise.reject(new Error('nothing is to be loaded'));
    expect([await a.getOrSet('x', never), await b.getOrSet('x', never)]).toEqual(['new', 'new']);
    await b.removeTags(['t']);
    expect(await b.get('x', { tags: ['t'] })).toBeUndefined();
  });

  test('trap 1: a load that read the old value is not stored, and readers wait for the write', async () => {
    const [a, b] = [await made<string>(), await made<string>()];
    const [read, written] = [createGate<string>(), createGate()];
    const [reading, writing] = [createGate(), createGate()];
    const loading = b.getOrSet('x', () => {
      reading.open();
      return read.opened;
    });
    await reading.opened;
    const through = a.writeThrough('x', 'new', async () => {
      writing.open();
      await written.opened;
    });
    await writing.opened;
    read.open('old');
    expect(await loading).toBe('old');
    let loads = 0;
    const waiting = b.getOrSet('x', () => {
      loads++;
      return 'loaded';
    });
    await until('the other waits', () => b.stats().waits >= 1);
    written.open();
    await through;
    expect([await waiting, loads]).toEqual(['new', 0]);
  });

  test('of writes that overlap none is kept, whichever ends last', async () => {
    for (const order of [
      [0, 1],
      [1, 0],
    ]) {
      const caches = [await made<number>(), await made<number>()];
      const gates = [createGate(), createGate()];
      const begun = [createGate(), createGate()];
      const writes = caches.map((cache, i) =>
        cache.writeThrough('x', i, async () => {
          begun[i]?.open();
          await gates[i]?.opened;
        }),
      );
      await Promise.all(begun.map((gate) => gate.opened));
      for (const i of order) {
        gates[i]?.open();
        await writes[i];
      }
      expect([await caches[0]?.get('x'), await caches[1]?.get('x')]).toEqual([undefined, undefined]);
      expect(await caches[0]?.getOrSet('x', () => 7)).toBe(7);
      await caches[0]?.remove('x');
    }
  });

  test('a write that fails leaves nothing, one that Redis cannot hear of is not begun', async () => {
    const cache = await made<number>();
    await cache.set('x', 1);
    const down = new Error('the source is down');
    await expect(cache.writeThrough('x', 2, () => Promise.reject(down))).rejects.toBe(down);
    expect(await cache.get('x')).toBeUndefined();
    expect(await cache.getOrSet('x', () => 3)).toBe(3);
    let begun = false;
    const write = async (): Promise<void> => {
      begun = true;
    };
    await expect(cache.writeThrough('x', (() => 1) as never, write)).rejects.toMatchObject({ code: 'CODEC' });
    await expect(cache.writeThrough('x', 1, 5 as never)).rejects.toMatchObject({ argument: 'write' });
    expect(begun).toBe(false);
  });

  test('one that nobody could be told of is not begun, and nobody waits for it', async () => {
    const driver = await context.driver();
    const failing: Driver = {
      ...driver,
      send: (command, call) =>
        command.script?.name === 'cache/announce'
          ? Promise.reject(new Error('the connection is gone'))
          : driver.send(command, call),
    };
    const cache = await made<number>({ leaseMs: 600_000 }, failing);
    const other = await made<number>();
    let begun = false;
    const write = async (): Promise<void> => {
      begun = true;
    };
    await expect(cache.writeThrough('x', 1, write)).rejects.toThrow('gone');
    expect(begun).toBe(false);
    await until('its lease is given back', async () => (await other.explain('x')).lease === null);
    expect(await other.getOrSet('x', () => 2)).toBe(2);
  });

  test('a caller who leaves during the write leaves no lease: what was written is stored, what failed is removed', async () => {
    const [cache, other] = [await made<number>({ leaseMs: 600_000 }), await made<number>()];
    const failing = new AbortController();
    const left = new Error('left');
    const writing = cache.writeThrough(
      'x',
      1,
      () => {
        failing.abort(left);
        return Promise.reject(left);
      },
      { signal: failing.signal },
    );
    await expect(writing).rejects.toBe(left);
    expect((await other.explain('x')).lease).toBeNull();
    const written = new AbortController();
    await cache.writeThrough('x', 2, async () => written.abort(), { signal: written.signal });
    expect(await other.get('x')).toBe(2);
  });

  test('what could not be stored after it was written is removed, and nobody waits for it', async () => {
    const driver = await context.driver();
    const failing: Driver = {
      ...driver,
      send: (command, call) =>
        command.script?.name === 'cache/fill'
          ? Promise.reject(new Error('the connection is gone'))
          : driver.send(command, call),
    };
    const cache = await made<number>({ leaseMs: 600_000 }, failing);
    const other = await made<number>();
    await cache.writeThrough('x', 1, async () => undefined);
    expect((await other.explain('x')).lease).toBeNull();
    expect(await other.getOrSet('x', () => 1)).toBe(1);
  });
}
