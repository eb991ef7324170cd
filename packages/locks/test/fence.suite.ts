import { type Command, okReply, stringReply } from '@penknife/core';
import type { MatrixContext } from '@penknife/matrix';
import { expect, it } from 'vitest';
import { createFenceGuard, createLocks, fenced } from '../src/index.js';
import { held, soonOver } from './eventually.js';

/** The guards that refuse an older holder, on whatever the context runs on. */
export function fenceSuite(context: MatrixContext): void {
  const set = (key: string, value: string): Command<void> => ({
    args: ['SET', key, value],
    key,
    read: okReply('SET'),
  });

  it('the write of an older holder is refused, that of the newest applied, again and again', async () => {
    const driver = await context.driver();
    const locks = createLocks(driver);
    await locks.inspect('a');
    const old = await soonOver(() => locks.tryAcquire('a', { ttl: 95, autoExtend: false }));
    await context.advance(100);
    const next = await held(locks.tryAcquire('a'));
    expect(await driver.send(fenced(set('data:{1}', 'new'), next.fence))).toMatchObject({ applied: true });
    expect(await driver.send(fenced(set('data:{1}', 'old'), old.fence))).toEqual({
      applied: false,
      newestFence: next.fence,
    });
    expect(await driver.send(fenced(set('data:{1}', 'newer'), next.fence))).toMatchObject({ applied: true });
    expect(await context.admin('GET', 'data:{1}')).toBe('newer');
    await context.admin('DEL', 'data:{1}');
    await locks.close();
  });

  it('compares beyond 2^53, and guards keys with and without a hash tag', async () => {
    const driver = await context.driver();
    for (const key of ['plain', 'a{tag}b', '{tag', '{{x}}', 'é{ü}']) {
      const [low, high] = [2n ** 60n, 2n ** 60n + 1n];
      expect(await driver.send(fenced(set(key, 'x'), high)), key).toMatchObject({ applied: true });
      const get: Command<string> = { args: ['GET', key], key, read: stringReply('GET') };
      expect(await driver.send(fenced(get, low)), key).toEqual({ applied: false, newestFence: high });
      expect(await driver.send(fenced(get, high)), key).toEqual({ applied: true, value: 'x' });
      expect(await driver.send(fenced(get, 9n)), key).toMatchObject({ applied: false });
      await context.admin('DEL', key);
    }
  });

  it('refuses what it cannot guard', () => {
    const command = set('k', 'v');
    expect(() => fenced(command, -1n)).toThrow(/fence must be/);
    expect(() => fenced(command, 1 as never)).toThrow(/fence must be/);
    expect(() => fenced({ args: ['PING'], read: okReply('PING') }, 1n)).toThrow(/key/);
    for (const key of ['a}b', '{}a', '{}a{b}'])
      expect(() => fenced(set(key, 'v'), 1n), key).toThrow(/hash tag/);
    expect(() => fenced(fenced(command, 1n), 2n)).toThrow(/script cannot be guarded/);
  });

  it('a failed command leaves the guard as it was', async () => {
    const driver = await context.driver();
    const push: Command<void> = { args: ['LPUSH', 'k', 'v'], key: 'k', read: () => undefined };
    await driver.send(fenced(set('k', 'v'), 5n));
    await expect(driver.send(fenced(push, 9n))).rejects.toMatchObject({ code: 'WRONGTYPE' });
    expect(await driver.send(fenced(set('k', 'w'), 6n))).toMatchObject({ applied: true });
    await context.admin('DEL', 'k');
  });

  it('the guard in memory admits rising fences alone', () => {
    const guard = createFenceGuard();
    expect([5n, 5n, 7n, 6n, 7n].map((fence) => guard.admit(fence))).toEqual([true, true, true, false, true]);
    expect(guard.newest).toBe(7n);
  });
}
