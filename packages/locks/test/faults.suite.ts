import type { MatrixContext } from '@penknife/matrix';
import { expect, it } from 'vitest';
import { createLocks, lockKeys } from '../src/index.js';
import { eventually, held, queued } from './eventually.js';

/** What real servers do to locks. On memory the same stories are told more exactly, with links that are held up. */
export function faultsSuite(context: MatrixContext): void {
  const real = context.where(!context.column.memory, 'there is no server to be frozen, cut or killed');
  const single = context.where(
    !context.column.memory && context.column.topology === 'single',
    'a killed primary of a cluster is the failover suite',
  );
  const key = lockKeys.in('pk').mutex('a');

  real(
    'a frozen server: the holder is told before its lease ends, and what is left over ends after the thaw',
    async () => {
      const locks = createLocks(await context.driver(), { ttl: 150, deadlineMs: 400 });
      await locks.inspect('a');
      const lock = await held(locks.acquire('a'));
      const { signal } = lock;
      await context.faults.pause?.(key);
      await context.advance(75);
      await context.advance(90);
      expect(signal.reason).toMatchObject({ code: 'LOCK_LOST', reason: 'expired' });
      expect(() => lock.assertHeld()).toThrow(/not confirmed in time/);
      expect(await lock.release()).toBe('lost');
      expect(await locks.tryAcquire('a')).toMatchObject({ reason: 'unavailable' });
      await context.faults.resume?.(key);
      await eventually('the lock is free', async () => (await locks.inspect('a')).holder === undefined);
      expect((await locks.tryAcquire('a', { ttl: '1h' })).ok).toBe(true);
      await locks.close();
    },
  );

  real('cut connections: holders hold on, waiters are served', async () => {
    const one = createLocks(await context.driver(), { ttl: '10s' });
    const two = createLocks(await context.driver(), { ttl: '10s' });
    const lock = await held(one.acquire('a'));
    const waiting = two.acquire('a', { waitMs: 30_000 });
    await queued(one, 'a', 1);
    await context.faults.cutConnections?.();
    lock.assertHeld();
    expect(await lock.release()).not.toBe('lost');
    const next = await held(waiting);
    expect(next.fence).toBeGreaterThan(lock.fence);
    await Promise.all([one.close(), two.close()]);
  });

  real('SCRIPT FLUSH is not noticed', async () => {
    const locks = createLocks(await context.driver(), { ttl: '10s' });
    const lock = await held(locks.acquire('a'));
    await context.admin('SCRIPT', 'FLUSH');
    expect(await lock.extend()).toBe('extended');
    expect(await lock.release()).toBe('released');
    await locks.close();
  });

  single(
    'a server that restarts without its data: the old holder is told, and fences go on rising',
    async () => {
      // Longer than a server takes to be back on a machine that stands still.
      const locks = createLocks(await context.driver(), { ttl: '1m' });
      const lock = await held(locks.acquire('a'));
      const { signal } = lock;
      await context.faults.kill?.(key);
      expect(await locks.tryAcquire('b', { signal: AbortSignal.timeout(50) })).toMatchObject({ ok: false });
      await context.faults.restart?.(key);
      const other = createLocks(await context.driver());
      const next = await held(other.tryAcquire('a', { ttl: '1h' }));
      expect(next.fence).toBeGreaterThan(lock.fence);
      await eventually('it is told', async () => (await lock.extend()) === 'lost');
      expect(signal.reason).toMatchObject({ reason: 'refused' });
      await locks.close();
    },
  );

  it('a waiter is never served twice, however often it is told', async () => {
    const [one, two] = [createLocks(await context.driver()), createLocks(await context.driver())];
    const lock = await held(one.acquire('a'));
    const waits = [two.acquire('a'), two.acquire('a')];
    await queued(one, 'a', 1);
    const { waiting } = await one.inspect('a');
    expect(waiting).toMatchObject([{ process: two.id }]);
    const state = String(await context.admin('GET', key));
    const token = state.split(':').at(-1)?.slice(0, 16) ?? '';
    for (let i = 0; i < 3; i++) await context.admin('PUBLISH', `pk:lock1:wake:${two.id}`, `${token}${key}`);
    await queued(one, 'a', 1);
    lock.assertHeld();
    await lock.release();
    const first = await held(waits[0] as (typeof waits)[number]);
    for (let i = 0; i < 3; i++) await context.admin('PUBLISH', `pk:lock1:wake:${two.id}`, `${token}${key}`);
    await queued(one, 'a', 1);
    expect((await one.inspect('a')).holder).toMatchObject({ fence: first.fence });
    await first.release();
    await (await held(waits[1] as (typeof waits)[number])).release();
    await Promise.all([one.close(), two.close()]);
  });
}
