import { type Command, seededRandom } from '@penknife/core';
import type { MatrixContext } from '@penknife/matrix';
import { fallenFences, overlaps, overtaken, type WorkerProcess } from '@penknife/testing';
import { expect } from 'vitest';
import { createLocks, fenced, type LockInspection, lockKeys } from '../src/index.js';
import { arrivals, type Grant } from './arrivals.js';
import { type Claim, holdings, mostBeats, staleWrites, toldLate } from './claims.js';
import { eventually, held, undisturbed } from './eventually.js';
import type { Acts, WorkerReport } from './soak.worker.js';

const module = new URL('./soak.worker.ts', import.meta.url);
const writtenKey = 'soak:{hot}:written';
const full = process.env.PENKNIFE_TIER === 'full';
/**
 * How long the workers are let loose: until so much has come of it, or for so long; at least `fewest` grants must have come, on
 * however busy a machine, and for those it goes on. The long one is for the full tier.
 */
const soak = full
  ? { longestMs: 90_000, wanted: 3000, fewest: 1000 }
  : { longestMs: 1000, wanted: 1000, fewest: 40 };
const patienceMs = soak.longestMs * 2 + 30_000;
const timeoutMs = patienceMs + 60_000;
/** Who does not run for so long may not claim what was handed over in time: the order then promises nothing. */
const longestStallMs = 500;

/** Several processes on one lock while everything around them fails that loses no acknowledged write. */
export function soakSuite(context: MatrixContext): void {
  const key = lockKeys.in('pk').mutex('hot');
  const real = context.where(!context.column.memory, 'no other process sees the memory engine');
  /** Whether a killed server brings its data back: where it does not, killing it loses acknowledged writes. */
  const restarts = context.column.name.includes('append-only');

  type Workers = readonly WorkerProcess<Acts>[];

  /** Lets workers loose until `enough` says so, and gives what they tell. */
  async function whileAtWork(
    env: Record<string, string>,
    turn: (workers: Workers) => Promise<void>,
    enough: (granted: number, forMs: number) => boolean,
  ): Promise<WorkerReport[]> {
    const starting = [1, 2, 3].map(() => context.startWorker<Acts>(module, { env }));
    const workers = await Promise.all(starting);
    for (const worker of workers) await worker.call('start');
    const startedAtMs = context.clock.monotonic();
    for (let granted = 0; !enough(granted, context.clock.monotonic() - startedAtMs); ) {
      await turn(workers);
      const counts = await Promise.all(workers.map((worker) => worker.call('granted')));
      granted = counts.reduce((sum, count) => sum + count, 0);
    }
    for (const worker of workers) worker.resume();
    const reports = await Promise.all(workers.map((worker) => worker.call('report')));
    await Promise.all(workers.map((worker) => worker.call('close')));
    await Promise.all(workers.map((worker) => worker.kill()));
    return reports;
  }

  function letLoose(seed: number, env: Record<string, string> = {}): Promise<WorkerReport[]> {
    const random = seededRandom(seed);
    const turn = async (workers: Workers): Promise<void> => {
      await context.advance(20 + Math.floor(random.fraction() * 60));
      await disturb(random.fraction(), workers);
    };
    return whileAtWork(env, turn, (granted, forMs) => {
      if (granted >= soak.wanted || forMs > patienceMs) return true;
      return granted >= soak.fewest && forMs > soak.longestMs;
    });
  }

  /** Who was served before somebody that had come earlier, where nothing is done to those who wait. */
  async function disorder(seed: number, env: Record<string, string> = {}): Promise<string[]> {
    const random = seededRandom(seed);
    const locks = createLocks(await context.driver());
    const looks: LockInspection[] = [];
    const turn = async (): Promise<void> => {
      const roll = random.fraction();
      if (roll < 0.05) await context.admin('SCRIPT', 'FLUSH');
      else if (roll < 0.1) await context.admin('CLIENT', 'PAUSE', 20, 'ALL');
      looks.push(await locks.inspect('hot'));
    };
    const crowded = (): number => looks.filter(({ waiting }) => waiting.length > 1).length;
    const reports = await whileAtWork({ LOCKS_TTL_MS: '10000', ...env }, turn, (granted, forMs) => {
      return (granted >= soak.fewest && crowded() >= 20) || forMs > patienceMs;
    });
    await context.admin('DEL', writtenKey);
    await locks.close();
    // A stall may spoil an order; it never makes one.
    if (env.LOCKS_PLANTED === undefined)
      for (const report of reports) expect(report.longestStallMs).toBeLessThan(longestStallMs);
    const grants = reports.flatMap(({ process, claims }) =>
      claims.map(({ fence }): Grant => ({ process, fence })),
    );
    const events = arrivals(looks, grants);
    expect(events.length).toBeGreaterThan(20);
    return overtaken(events);
  }

  /** Waits for longer than a real server may wait at once. */
  async function wait(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= 100) await context.advance(Math.min(100, left));
  }

  async function disturb(roll: number, workers: Workers): Promise<void> {
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
      expect(claims.length, JSON.stringify(reports.map(({ refused }) => refused))).toBeGreaterThanOrEqual(
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

  real('they are served in the order in which they came', () =>
    undisturbed(async (attempt) => {
      expect(await disorder(attempt)).toEqual([]);
    }),
  );
  once('the checker notices newcomers who stand in front', () =>
    undisturbed(async (attempt) => {
      const found = await disorder(attempt, { LOCKS_PLANTED: 'newcomers who stand in front' });
      expect(found.length).toBeGreaterThan(0);
    }),
  );

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
