import type { MatrixContext } from '@penknife/matrix';
import type { WorkerProcess } from '@penknife/testing';
import { expect, it } from 'vitest';
import type { Policy } from '../src/index.js';
import type { Acts } from './callers.worker.js';
import { tracedAlgorithms } from './rules/steps.js';

const module = new URL('./callers.worker.ts', import.meta.url);
const processes = 4;
/** Of one process. */
const callers = 500;

/** Two thousand callers at once, from several processes of the operating system. */
export function callersSuite(context: MatrixContext): void {
  const start = (count: number): Promise<readonly WorkerProcess<Acts>[]> =>
    Promise.all(Array.from({ length: count }, () => context.startWorker<Acts>(module)));
  const sum = async (counts: readonly Promise<number>[]): Promise<number> =>
    (await Promise.all(counts)).reduce((total, count) => total + count, 0);

  it('2000 callers of several processes: every algorithm admits its limit and no more, and so do several at once', async () => {
    const workers = await start(processes);
    for (const algorithm of tracedAlgorithms) {
      const policy = (
        algorithm === 'concurrency' ? 'concurrency 50 lease 1h' : `${algorithm} 50/d`
      ) as Policy;
      const allowed = await sum(workers.map((worker) => worker.call('ask', callers, policy)));
      expect({ algorithm, allowed }).toEqual({ algorithm, allowed: 50 });
    }

    const counts = await Promise.all(
      workers.map((worker) => worker.call('askSeveral', callers, '20/d', '50/d')),
    );
    for (const count of counts) expect(count).toBeLessThanOrEqual(20);
    const all = counts.reduce((total, count) => total + count, 0);
    expect(all).toBeLessThanOrEqual(50);
    // Across slots what was charged is given back, which may deny others meanwhile.
    if (context.column.topology !== 'cluster') expect(all).toBe(50);
  });

  const once = context.where(context.column.client === 'ioredis', 'one client shows what the count sees');
  once('the count notices a limiter that looks, then counts', async () => {
    // Two are enough to be wrong.
    const workers = await start(2);
    expect(await sum(workers.map((worker) => worker.call('hurry', callers, 50)))).toBeGreaterThan(50);
  });
}
