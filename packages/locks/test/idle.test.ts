import { ioredisClient, nodeRedisClient, overMatrix, singleColumn } from '@penknife/matrix';
import { expect, vi } from 'vitest';
import { createLocks } from '../src/index.js';
import { held } from './eventually.js';

const many = 1000;
const idleMs = 60_000;
vi.setConfig({ testTimeout: idleMs * 3 });

// A minute passes for real: in the full tier only. On memory the same minute is `handle.test.ts`.
const full = process.env.PENKNIFE_TIER === 'full';

overMatrix(
  'held and idle',
  ({ driver, counts, clock, where }) => {
    const patient = where(full, 'a minute passes for real, which only full runs have');
    patient(
      `${many} locks held for a minute cost at most 20 renewal commands a second, and none is lost`,
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
        // Every lease is extended about each ten seconds: an idle process that forgot to would pass the bound, too.
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
