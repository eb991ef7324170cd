import { createManualClock, type Driver } from '@penknife/core';
import { ioredisClient, nodeRedisClient, overMatrix, singleColumn } from '@penknife/matrix';
import { expect, it, vi } from 'vitest';
import { createLocks } from '../src/index.js';
import { held } from './eventually.js';

const many = 1000;
const idleMs = 60_000;
vi.setConfig({ testTimeout: idleMs * 3 });

// A minute that passes for real is in the full tier only.
const full = process.env.PENKNIFE_TIER === 'full';

/** A driver for a process whose time is another one than the server's, and a wait for all that it has sent. */
function onTimeOfItsOwn(
  inner: Driver,
  clock: Driver['clock'],
): { driver: Driver; answered(): Promise<void> } {
  const underWay = new Set<Promise<unknown>>();
  const driver: Driver = {
    ...inner,
    clock,
    send(command, options) {
      const call = inner.send(command, options);
      const over: Promise<void> = call.catch(() => undefined).then(() => void underWay.delete(over));
      underWay.add(over);
      return call;
    },
  };
  return {
    driver,
    async answered() {
      while (underWay.size > 0) await Promise.all(underWay);
    },
  };
}

overMatrix(
  'held and idle',
  ({ driver, counts, clock, where }) => {
    it(`${many} locks held for a minute of their process cost at most 20 renewal commands a second`, async () => {
      const own = createManualClock();
      const { driver: idle, answered } = onTimeOfItsOwn(await driver(), own);
      const locks = createLocks(idle, { ttl: '30s' });
      const pass = async (ms: number): Promise<void> => {
        await own.advance(ms);
        await answered();
      };
      for (let i = 0; i < many; i += 100) {
        await Promise.all(Array.from({ length: 100 }, (_, j) => held(locks.tryAcquire(`idle-${i + j}`))));
        await pass(1000);
      }
      const { calls } = await counts(async () => {
        for (let passed = 0; passed < idleMs; passed += 1000) await pass(1000);
      });
      // Every lease is extended about each ten seconds: a process that forgot to would pass the bound, too.
      expect(calls.set).toBeGreaterThanOrEqual(many * 5);
      expect(calls.evalsha).toBeLessThanOrEqual((idleMs / 1000) * 20);
      expect(locks.heldCount).toBe(many);
      await locks.close();
    });

    const patient = where(full, 'a minute passes for real, which only full runs have');
    patient(
      `${many} locks held for a minute of everybody cost at most 20 renewal commands a second, and none is lost`,
      async () => {
        const locks = createLocks(await driver(), { ttl: '30s' });
        // Of every age, as a service takes them.
        for (let i = 0; i < many; i++) {
          await held(locks.tryAcquire(`idle-${i}`));
          if (i % 10 === 0) await clock.sleep(50);
        }
        const { calls } = await counts(() => clock.sleep(idleMs));
        const perSecond = (calls.evalsha ?? 0) / (idleMs / 1000);
        console.info(`${perSecond.toFixed(2)} renewal commands a second`);
        expect(calls.set).toBeGreaterThanOrEqual(many * 5);
        expect(perSecond).toBeLessThanOrEqual(20);
        expect(locks.heldCount).toBe(many);
        await locks.close();
      },
    );
  },
  // A hundred leases a script are half a millisecond of the server's; a machine that others use as well makes more of it.
  { columns: [singleColumn(ioredisClient), singleColumn(nodeRedisClient)], slowLog: false },
);
