import { type Driver, seededRandom } from '@penknife/core';
import type { MatrixContext } from '@penknife/matrix';
import type { WorkerProcess } from '@penknife/testing';
import { expect } from 'vitest';
import { createStreams } from '../src/index.js';
import type { FireActs } from './fire.worker.js';
import { effectFaults, effectsKey, fired } from './fire-stream.js';

const module = new URL('./fire.worker.ts', import.meta.url);
const full = process.env.PENKNIFE_TIER === 'full';
/** Messages, of how many each act may disturb one, and how many disturbances there must have been. */
const total = full ? 100_000 : 800;
const some = full ? 200 : 40;
const keys = Array.from({ length: 12 }, (_, i) => `k${i}`);

/** Several processes on one partitioned stream while everything around them fails. */
export function fireSuite(context: MatrixContext): void {
  const real = context.where(!context.column.memory, 'no other process sees the memory engine');
  const restarts = context.column.name.includes('append-only');
  const failsOver = context.column.topology === 'sentinel';

  async function run(seed: number, env: Record<string, string>): Promise<string[]> {
    const random = seededRandom(seed);
    const driver = await context.driver();
    const stream = createStreams(driver).open(fired);
    const tags = Array.from({ length: fired.partitions }, (_, i) => stream.partition(i).hashTag);
    const start = async (): Promise<WorkerProcess<FireActs>> => {
      const worker = await context.startWorker<FireActs>(module, { env });
      await worker.call('start');
      return worker;
    };
    const workers = await Promise.all([start(), start(), start()]);
    const appended = new Map(keys.map((key) => [key, 0]));
    const done: Record<string, number> = {};
    for (let count = 0; count < total; count += some) {
      const drafts = Array.from({ length: some }, () => {
        const key = keys[Math.floor(random.fraction() * keys.length)] as string;
        const n = appended.get(key) as number;
        appended.set(key, n + 1);
        return { key, id: `${key}:${n}`, data: { n } };
      });
      await insist(driver, () =>
        stream.appendMany(drafts, failsOver ? { durable: 'replica', replicas: 2, confirmWithin: '3s' } : {}),
      );
      const what = await disturb(random.fraction(), workers, start, count);
      done[what] = (done[what] ?? 0) + 1;
    }
    for (const worker of workers) worker.resume();
    const settled = async (): Promise<boolean> => {
      const stats = await stream.stats('g').catch(() => undefined);
      return stats !== undefined && stats.lag + stats.pending === 0;
    };
    for (let i = 0; i < 3000 && !(await settled()); i++) await context.advance(10);
    const { lag, pending } = await stream.stats('g');
    const lists = await Promise.all(
      tags.map((tag) => context.admin('LRANGE', effectsKey(tag), 0, -1) as Promise<string[]>),
    );
    await Promise.all(workers.map((worker) => worker.call('stop')));
    for (const tag of tags) await context.admin('DEL', effectsKey(tag));
    console.info(`${context.column.name}: ${total} messages, ${JSON.stringify(done)}`);
    return [
      ...effectFaults(lists.flat(), appended),
      ...(lag + pending === 0 ? [] : [`${lag} not delivered, ${pending} pending`]),
    ];
  }

  /** Appends until it is confirmed: the ids make it once. */
  async function insist(driver: Driver, append: () => Promise<unknown>): Promise<void> {
    for (let tries = 1; ; tries++) {
      try {
        await append();
        return;
      } catch (error) {
        if (tries === 200) throw error;
        await driver.clock.sleep(50);
      }
    }
  }

  async function disturb(
    roll: number,
    workers: WorkerProcess<FireActs>[],
    start: () => Promise<WorkerProcess<FireActs>>,
    count: number,
  ): Promise<string> {
    const at = Math.floor(roll * 1000) % workers.length;
    const worker = workers[at] as WorkerProcess<FireActs>;
    // One failover a run is what a set of three survives.
    if (failsOver && count === some * Math.floor(total / some / 2)) {
      await context.faults.failOver?.('{fired@0}');
      return 'failed over';
    }
    if (roll < 0.2) {
      await worker.kill();
      workers[at] = await start();
      return 'killed';
    }
    if (roll < 0.35) {
      // Longer than its lease: somebody else has its partitions when it wakes.
      await worker.pause();
      for (let i = 0; i < 5; i++) await context.advance(100);
      worker.resume();
      return 'stopped';
    }
    if (roll < 0.55 && context.faults.cutConnections !== undefined) {
      await context.faults.cutConnections();
      return 'cut';
    }
    if (roll < 0.65 && restarts) {
      await context.faults.kill?.('{fired@0}');
      await context.faults.restart?.('{fired@0}');
      return 'restarted';
    }
    if (roll < 0.75) {
      await context.admin('SCRIPT', 'FLUSH');
      return 'scripts gone';
    }
    return 'left alone';
  }

  real(
    'processes killed, stopped and cut, the server restarted: each effect once, in order per key, nothing left',
    async () => {
      expect(await run(11, {})).toEqual([]);
    },
  );

  const once = context.where(
    context.column.client === 'node-redis',
    'one column shows what the checker sees',
  );
  once('the checker notices effects that are not in one act with their acknowledgement', async () => {
    expect(await run(12, { STREAMS_PLANTED: 'yes' })).not.toEqual([]);
  });
}
