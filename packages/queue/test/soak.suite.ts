import { seededRandom } from '@penknife/core';
import type { MatrixContext } from '@penknife/matrix';
import { type DeliveryEvent, readDeliveries, type WorkerProcess } from '@penknife/testing';
import { expect } from 'vitest';
import { createQueue, queueKeys } from '../src/index.js';
import { keysOf } from '../src/keys.js';
import { until } from './collect.js';
import type { Acts } from './soak.worker.js';

const module = new URL('./soak.worker.ts', import.meta.url);
const doneKey = 'soak:{jobs}:done';
const full = process.env.PENKNIFE_TIER === 'full';
/** How many jobs, and how often something is done to the workers while they are at it. */
const soak = full ? { jobs: 5000, blows: 80 } : { jobs: 160, blows: 8 };

/** How long a case of this suite may take. */
export const soakTimeoutMs: number = full ? 180_000 : 60_000;

/** Workers that are processes, killed, stopped and cut off; the server killed and brought back. */
export function soakSuite(context: MatrixContext): void {
  const key = keysOf(queueKeys.in('pk'), 'jobs')[0] ?? '';
  const real = context.where(!context.column.memory, 'no other process sees the memory engine');
  /** Whether a killed server brings its data back: where it does not, killing it loses acknowledged jobs. */
  const restarts = context.column.name.includes('append-only');

  async function start(env: Record<string, string>): Promise<WorkerProcess<Acts>> {
    const worker = await context.startWorker<Acts>(module, { env });
    await worker.call('start');
    return worker;
  }

  /** What was sent, what was acknowledged to be there, and what was done. */
  async function letLoose(seed: number, env: Record<string, string> = {}): Promise<DeliveryEvent[]> {
    const random = seededRandom(seed);
    const queue = createQueue<number>(await context.driver(), 'jobs', { deadlineMs: 10_000 });
    const history: DeliveryEvent[] = [];
    const workers = await Promise.all([1, 2, 3].map(() => start(env)));
    let next = 0;

    async function addSome(): Promise<void> {
      for (let i = 0; i < soak.jobs / soak.blows; i++) {
        const data = next++;
        const id = String(data);
        history.push({ type: 'sending', id });
        // What was not acknowledged may be there or not: nobody counts on it.
        const { added } = await queue.add(data, { id }).catch(() => ({ added: false }));
        if (added) history.push({ type: 'sent', id });
      }
    }

    async function blow(roll: number): Promise<void> {
      const at = Math.floor(roll * 1000) % workers.length;
      const worker = workers[at] as WorkerProcess<Acts>;
      if (roll < 0.35) {
        await worker.kill();
        workers[at] = await start(env);
      } else if (roll < 0.55) {
        // Now and then longer than its lease.
        await worker.pause();
        for (let left = roll < 0.45 ? 400 : 40; left > 0; left -= 100)
          await context.advance(Math.min(100, left));
        worker.resume();
      } else if (roll < 0.65) await context.admin('CLIENT', 'PAUSE', 40, 'ALL');
      else if (roll < 0.8) await context.faults.cutConnections?.();
      else if (roll < 0.9) await context.admin('SCRIPT', 'FLUSH');
      else if (restarts) {
        await context.faults.kill?.(key);
        await context.faults.restart?.(key);
      }
    }

    for (let i = 0; i < soak.blows; i++) await Promise.all([addSome(), blow(random.fraction())]);
    await until(async () => {
      const { waiting, delayed, working } = await queue.counts();
      return waiting + delayed + working === 0;
    });
    await Promise.all(workers.map((worker) => worker.call('close')));
    for (const id of (await context.admin('LRANGE', doneKey, 0, -1)) as string[])
      history.push({ type: 'handled', id });
    await context.admin('DEL', doneKey);
    return history;
  }

  real(
    'killed, stopped and cut workers, a killed server: every acknowledged job is done, none is left',
    async () => {
      const history = await letLoose(5);
      const { lost, unknown, repeated } = readDeliveries(history);
      const sent = history.filter(({ type }) => type === 'sent').length;
      expect(sent).toBeGreaterThan(soak.jobs / 2);
      expect({ lost, unknown }).toEqual({ lost: [], unknown: [] });
      const queue = createQueue<number>(await context.driver(), 'jobs');
      expect(await queue.counts()).toMatchObject({ dead: 0, paused: false });
      const keys = queueKeys.in('pk');
      for (const left of keysOf(keys, 'jobs').filter((key) => key !== keys.control('jobs')))
        expect(await context.admin('EXISTS', left), left).toBe(0);
      expect(await context.admin('HKEYS', keys.control('jobs'))).toEqual(['deliveries']);
      console.info(`${context.column.name}: ${sent} jobs, ${repeated.length} of them done more than once`);
    },
  );

  const once = context.where(
    context.column.client === 'node-redis' && !context.column.memory,
    'one column shows what the checker sees',
  );
  once('the checker notices jobs that are handed out without a lease', async () => {
    const history = await letLoose(5, { QUEUE_PLANTED: 'yes', QUEUE_WORK_MS: '300' });
    expect(readDeliveries(history).lost).not.toEqual([]);
    await context.admin('DEL', ...keysOf(queueKeys.in('pk'), 'jobs'));
  });
}
