import { seededRandom } from '@penknife/core';
import type { MatrixContext } from '@penknife/matrix';
import type { WorkerProcess } from '@penknife/testing';
import { expect } from 'vitest';
import { createInventory, type Drift, type Inventory, inventoryKeys } from '../src/index.js';
import { stockKeys } from '../src/keys.js';
import type { Acts } from './soak.worker.js';

const module = new URL('./soak.worker.ts', import.meta.url);
const full = process.env.PENKNIFE_TIER === 'full';
/** How often something is done to the processes while they buy. */
const blows = full ? 60 : 10;
const stock = { tee: 100_000, cap: 150 } as const;

/** How long a case of this suite may take. */
export const soakTimeoutMs: number = full ? 180_000 : 60_000;

/** Shops that are processes, killed, stopped and cut off; the server killed and brought back. */
export function soakSuite(context: MatrixContext): void {
  const key = stockKeys(inventoryKeys.in('pk'), 'soak')[0] ?? '';
  const real = context.where(!context.column.memory, 'no other process sees the memory engine');
  /** Whether a killed server brings its data back: where it does not, killing it loses acknowledged sales. */
  const restarts = context.column.name.includes('append-only');

  /** What was put there in all. */
  let put: Record<keyof typeof stock, number> = { ...stock };

  /** What is wrong at this moment; empty: nothing. */
  async function look(shop: Inventory): Promise<string[]> {
    const levels = await shop.availability(Object.keys(stock)).catch(() => new Map<string, never>());
    return [...levels].flatMap(([item, { free, held, sold }]) => {
      const all = put[item as keyof typeof stock];
      return free >= 0 && held >= 0 && free + held + sold === all
        ? []
        : [`${item}: ${free} + ${held} + ${sold} is not ${all}`];
    });
  }

  async function letLoose(
    seed: number,
    env: Record<string, string> = {},
  ): Promise<{ wrong: string[]; drift: readonly Drift[]; confirmed: string[]; shop: Inventory }> {
    const random = seededRandom(seed);
    put = { ...stock };
    const shop = createInventory(await context.driver(), { name: 'soak', deadlineMs: 10_000 });
    for (const [item, count] of Object.entries(stock)) await shop.setStock(item, count);
    const start = async (): Promise<WorkerProcess<Acts>> => {
      const worker = await context.startWorker<Acts>(module, { env });
      await worker.call('start');
      return worker;
    };
    const workers = await Promise.all([1, 2, 3].map(start));
    const wrong: string[] = [];

    async function blow(roll: number): Promise<void> {
      const at = Math.floor(roll * 1000) % workers.length;
      const worker = workers[at] as WorkerProcess<Acts>;
      if (roll < 0.4) {
        await worker.kill();
        workers[at] = await start();
      } else if (roll < 0.55) {
        await worker.pause();
        await context.advance(60);
        worker.resume();
      } else if (roll < 0.65) await context.admin('CLIENT', 'PAUSE', 40, 'ALL');
      else if (roll < 0.8) await context.faults.cutConnections?.();
      else if (roll < 0.9) await context.admin('SCRIPT', 'FLUSH');
      else if (restarts) {
        await context.faults.kill?.(key);
        await context.faults.restart?.(key);
      }
    }

    /** How many sales those that still run were told of. */
    async function told(): Promise<number> {
      const reports = await Promise.all(workers.map((worker) => worker.call('confirmed')));
      return reports.reduce((sum, each) => sum + each, 0);
    }

    /** Whoever waits in line for a cap, which is sold out, keeps the tees from all behind: hardly anything is sold any more. */
    async function bringMore(): Promise<void> {
      const more = 50_000;
      const id = `more-${context.clock.now()}`;
      for (;;) {
        try {
          await shop.adjust('cap', more, { id });
          put.cap += more;
          return;
        } catch {
          await context.advance(20);
        }
      }
    }

    for (let i = 0; i < blows; i++) {
      await blow(random.fraction());
      wrong.push(...(await look(shop)));
    }
    await bringMore();
    // On a slow machine the blows may be over before anything was bought.
    for (let turn = 0; turn < 1000 && (await told()) === 0; turn++) await context.advance(10);
    const confirmed = (await Promise.all(workers.map((worker) => worker.call('report')))).flat();
    expect(confirmed.length).toBeGreaterThan(0);
    wrong.push(...(await look(shop)));
    const { drift } = await shop.reconcile();
    return { wrong, drift, confirmed, shop };
  }

  async function clear(): Promise<void> {
    await context.admin('DEL', ...stockKeys(inventoryKeys.in('pk'), 'soak'));
  }

  real(
    'killed, stopped and cut shops, a killed server: free + held + sold is what was put there, and no sale is forgotten',
    async () => {
      const { wrong, drift, confirmed, shop } = await letLoose(11);
      expect(wrong).toEqual([]);
      expect(drift).toEqual([]);
      for (const id of confirmed) expect(await shop.reservation(id), id).toEqual({ state: 'confirmed' });
      const sold = (await shop.availability(['tee'])).get('tee')?.sold ?? 0;
      expect(sold).toBeGreaterThanOrEqual(confirmed.length);
      console.info(`${context.column.name}: ${sold} sold, ${confirmed.length} of them told`);
      await clear();
    },
  );

  const once = context.where(
    context.column.client === 'node-redis' && !context.column.memory,
    'one column shows what the checker sees',
  );
  once('the checkers notice confirmed holds that still count as held, and not as sold', async () => {
    const { wrong, drift } = await letLoose(11, { INVENTORY_PLANTED: 'yes' });
    expect(wrong).not.toEqual([]);
    expect(drift).toContainEqual(expect.objectContaining({ count: 'held' }));
    await clear();
  });
}
