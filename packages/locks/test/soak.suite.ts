import { type Command, seededRandom } from '@penknife/core';
import type { MatrixContext } from '@penknife/matrix';
import { fallenFences, overlaps, type WorkerProcess } from '@penknife/testing';
import { expect } from 'vitest';
import { createLocks, fenced, lockKeys } from '../src/index.js';
import { type Claim, holdings, mostBeats, staleWrites, toldLate } from './claims.js';
import { eventually, held } from './eventually.js';
import type { Acts, WorkerReport } from './soak.worker.js';

const module = new URL('./soak.worker.ts', import.meta.url);
const writtenKey = 'soak:{hot}:written';
const full = process.env.PENKNIFE_TIER === 'full';
/**
 * How long the workers are let loose: until so much has come of it, and no longer than that; at least `fewest` must have, on
 * however busy a machine. The long one is for the full tier.
 */
const soak = full
  ? { longestMs: 90_000, wanted: 1000, fewest: 100 }
  : { longestMs: 1000, wanted: 1000, fewest: 5 };
const timeoutMs = soak.longestMs * 2 + 60_000;

/** Several processes on one lock while everything around them fails that loses no acknowledged write. */
export function soakSuite(context: MatrixContext): void {
  const key = lockKeys.in('pk').mutex('hot');
  const real = context.where(!context.column.memory, 'no other process sees the memory engine');
  /** Whether a killed server brings its data back: where it does not, killing it loses acknowledged writes. */
  const restarts = context.column.name.includes('append-only');

  async function letLoose(seed: number, env: Record<string, string> = {}): Promise<WorkerReport[]> {
    const starting = [1, 2, 3].map(() => context.startWorker<Acts>(module, { env }));
    const workers = await Promise.all(starting);
    for (const worker of workers) await worker.call('start');
    const random = seededRandom(seed);
    const untilMs = context.clock.monotonic() + soak.longestMs;
    let granted = 0;
    while (context.clock.monotonic() < untilMs && granted < soak.wanted) {
      await context.advance(20 + Math.floor(random.fraction() * 60));
      await disturb(random.fraction(), workers);
      const counts = await Promise.all(workers.map((worker) => worker.call('granted')));
      granted = counts.reduce((sum, count) => sum + count, 0);
    }
    for (const worker of workers) worker.resume();
    const reports = await Promise.all(workers.map((worker) => worker.call('report')));
    await Promise.all(workers.map((worker) => worker.call('close')));
    return reports;
  }

  /** Waits for longer than a real server may wait at once. */
  async function wait(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= 100) await context.advance(Math.min(100, left));
  }

  async function disturb(roll: number, workers: readonly WorkerProcess<Acts>[]): Promise<void> {
    const worker = workers[Math.floor(roll * 1000) % workers.length] as WorkerProcess<Acts>;
    if (roll < 0.3) {
      // Now and then longer than its lease.
      await worker.pause();
      await wait(roll < 0.1 ? 400 : 50);
      worker.resume();
    } else if (roll < 0.45) await context.admin('CLIENT', 'PAUSE', 60, 'ALL');
    else if (roll < 0.6) await context.faults.cutConnections?.();
    else if (roll < 0.75) await context.admin('SCRIPT', 'FLUSH');
    else if (roll < 0.85) {
      await context.faults.pause?.(key);
      await wait(roll < 0.8 ? 350 : 60);
      await context.faults.resume?.(key);
    } else if (restarts) {
      await context.faults.kill?.(key);
      await context.faults.restart?.(key);
    }
  }

  real(
    'several processes, paused, cut and restarted: no two hold it, fences rise, the lost are told, nothing is left',
    async () => {
      const reports = await letLoose(7);
      const claims = reports.flatMap((report): readonly Claim[] => report.claims);
      const events = holdings(claims);
      expect(overlaps(events)).toEqual([]);
      expect(fallenFences(events)).toEqual([]);
      expect(toldLate(claims)).toEqual([]);
      const written = (await context.admin('LRANGE', writtenKey, 0, -1)) as string[];
      expect(staleWrites(written.map(BigInt))).toEqual([]);
      for (const { heldCount, waitingCount } of reports)
        expect({ heldCount, waitingCount }).toEqual({ heldCount: 0, waitingCount: 0 });
      const locks = createLocks(await context.driver());
      await eventually('nothing is held and nobody waits', async () => {
        const { holder, waiting } = await locks.inspect('hot');
        return holder === undefined && waiting.length === 0;
      });
      if (context.column.topology === 'single')
        expect(await context.admin('PUBSUB', 'CHANNELS', 'pk:lock1:*')).toEqual([]);
      await context.admin('DEL', writtenKey);
      await locks.close();
      // Enough happened that there was something to look at.
      expect(claims.length, JSON.stringify(reports.map(({ refused }) => refused))).toBeGreaterThan(
        soak.fewest,
      );
      expect(written.length).toBeGreaterThan(soak.fewest / 2);
      console.info(
        `${context.column.name}: ${claims.length} grants, ${claims.filter(({ lost }) => lost).length} lost`,
      );
    },
  );

  const once = context.where(
    context.column.client === 'node-redis',
    'one column shows what the checkers see',
  );
  once('the checkers notice a lock that is given away before its lease ends', async () => {
    const reports = await letLoose(8, { LOCKS_PLANTED: 'a lock that is given away' });
    const events = holdings(reports.flatMap(({ claims }) => claims));
    expect(overlaps(events).length).toBeGreaterThan(0);
    await context.admin('DEL', writtenKey);
  });

  const frozen = async (env: Record<string, string>): Promise<number | undefined> => {
    const worker = await context.startWorker<Acts>(module, { env });
    await worker.call('keepBriefly');
    await context.faults.pause?.(key);
    const beats = await worker.call('toldOfLoss');
    await context.faults.resume?.(key);
    return beats;
  };
  real('a process that runs is told before its lease ends, while the server is frozen', async () => {
    expect(await frozen({})).toBeLessThanOrEqual(mostBeats);
  });
  once('the count notices a process that finds out by looking', async () => {
    expect(await frozen({ LOCKS_PLANTED: 'timers that never fire' })).toBeGreaterThan(mostBeats);
  });

  real(
    'a process that was stopped past its lease: the first look says so, and its write is refused',
    async () => {
      const driver = await context.driver();
      const worker = await context.startWorker<Acts>(module);
      const locks = createLocks(driver);
      await locks.inspect('hot');
      const fence = await worker.call('keep');
      await worker.pause();
      const next = await held(locks.acquire('hot', { waitMs: 5000 }));
      expect(next.fence).toBeGreaterThan(fence);
      const push: Command<number> = {
        args: ['RPUSH', writtenKey, String(next.fence)],
        key: writtenKey,
        read: Number,
      };
      expect(await driver.send(fenced(push, next.fence))).toMatchObject({ applied: true });
      const waking = worker.call('wake');
      worker.resume();
      expect(await waking).toEqual({ asserted: 'LOCK_LOST', aborted: true, written: 'refused' });
      next.assertHeld();
      await locks.close();
    },
  );
}

/** How long a case of this suite may take. */
export const soakTimeoutMs: number = timeoutMs;
