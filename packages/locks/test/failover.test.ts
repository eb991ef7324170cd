import type { Command } from '@penknife/core';
import { clusterColumn, ioredisClient, nodeRedisClient, overMatrix, sentinelColumn } from '@penknife/matrix';
import { expect, it, vi } from 'vitest';
import { createLocks, fenced, type Lock, lockKeys, lockOrThrow } from '../src/index.js';
import { held } from './eventually.js';

// Servers take seconds to agree that a primary is gone.
vi.setConfig({ testTimeout: 60_000 });

const everywhere = process.env.PENKNIFE_TIER === 'full';

overMatrix(
  'a lock and a failover',
  ({ driver, faults, advance }) => {
    const key = lockKeys.in('pk').mutex('a');
    const data = 'data:{a}';
    const get: Command<string> = { args: ['GET', data], key: data, read: String, repeatable: true };
    const set = (value: string): Command<string> => ({ args: ['SET', data, value], key: data, read: String });

    it('trap 12: a replica takes over that never heard of the lock: fences rise, and the guard refuses the older holder', async () => {
      const [one, two] = [await driver(), await driver()];
      const [first, second] = [createLocks(one, { ttl: '1m' }), createLocks(two, { ttl: '1m' })];
      // What the replica knows: a lock that was released, and a write.
      const known = await held(first.acquire('a'));
      expect(await one.send(fenced(set('known'), known.fence))).toMatchObject({ applied: true });
      await known.release();
      let lost: Lock | undefined;
      await faults.failOver?.(key, async () => {
        lost = await held(first.acquire('a'));
        expect(await one.send(fenced(set('lost'), lost.fence))).toMatchObject({ applied: true });
      });
      const old = lost as Lock;
      const next = lockOrThrow(await second.acquire('a', { waitMs: 30_000 }));
      // Both hold it, as far as they know: that is what asynchronous replication comes to.
      expect([old.held, next.held]).toEqual([true, true]);
      expect(await two.send(get, { deadlineMs: 20_000 })).toBe('known');
      expect(old.fence).toBeGreaterThan(known.fence);
      expect(next.fence).toBeGreaterThan(old.fence);
      expect(await two.send(fenced(set('new'), next.fence))).toMatchObject({ applied: true });
      expect(await one.send(fenced(set('late'), old.fence), { deadlineMs: 20_000 })).toEqual({
        applied: false,
        newestFence: next.fence,
      });
      // The next extension tells the older holder.
      for (let i = 0; i < 100 && old.held; i++) {
        if ((await old.extend()) === 'unknown') await advance(50);
      }
      expect(() => old.assertHeld()).toThrow(/no longer knows this holder/);
      expect(await next.extend()).toBe('extended');
      expect(await two.send(get)).toBe('new');
      await two.send({ args: ['DEL', data], key: data, read: Number });
      await Promise.all([first.close(), second.close()]);
    });

    it('a holder and a waiter go on at the replica that has the lock', async () => {
      const [first, second] = [
        createLocks(await driver(), { ttl: '1m' }),
        createLocks(await driver(), { ttl: '1m' }),
      ];
      const lock = await held(first.acquire('b'));
      const waiting = second.acquire('b', { waitMs: 40_000 });
      await faults.failOver?.(lockKeys.in('pk').mutex('b'));
      lock.assertHeld();
      // Replication is asynchronous: what was acknowledged may be lost, and then the handle says so.
      const released = await lock.release();
      const next = lockOrThrow(await waiting);
      expect(next.fence).toBeGreaterThan(lock.fence);
      expect(['released', 'unknown', 'lost']).toContain(released);
      await Promise.all([first.close(), second.close()]);
    });
  },
  {
    columns: [
      sentinelColumn(ioredisClient),
      clusterColumn(ioredisClient),
      ...(everywhere ? [clusterColumn(nodeRedisClient)] : []),
    ],
    slowLog: false,
  },
);
