import type { Driver, Reply } from '@penknife/core';
import { createMemoryRedis } from '@penknife/driver-memory';
import { plantedBug, type ScriptBug, type SimulationReport, simulate } from '@penknife/testing';
import { expect, it } from 'vitest';
import { createInventory, type Quantities } from '../src/index.js';

const full = process.env.PENKNIFE_TIER === 'full';
const stock = { tee: 40, cap: 25 } as const;
const faults = {
  kinds: ['crash', 'restart', 'pause', 'lost-reply', 'drop', 'delay'],
  atMost: 24,
  longestMs: 400,
} as const;

/** Whatever an act changed is in its answer: what was put there has to be the sum of it, at every moment. */
function wrongLevels(reply: unknown): string[] {
  const [, , , touched] = Array.isArray(reply) ? (reply as Reply[]) : [];
  if (!Array.isArray(touched)) return [];
  const parts = touched.map(String);
  const wrong: string[] = [];
  for (let i = 0; i + 4 < parts.length; i += 5) {
    const item = parts[i] as keyof typeof stock;
    const [onHand = 0, held = 0, sold = 0] = parts.slice(i + 2, i + 5).map(Number);
    if (held < 0 || onHand < held || onHand + sold !== stock[item])
      wrong.push(`${item}: ${onHand - held} free, ${held} held, ${sold} sold of ${stock[item]}`);
  }
  return wrong;
}

function run(seeds: number, bug?: ScriptBug): Promise<SimulationReport> {
  const dress = (driver: Driver): Driver => {
    if (bug === undefined) return driver;
    const rewrite = plantedBug(bug);
    return { ...driver, send: (command, options) => driver.send(rewrite(command), options) };
  };
  return simulate({
    engine: ({ clock }) => createMemoryRedis({ clock, seed: 1 }),
    seeds,
    processes: 64,
    steps: 600,
    shrinkRuns: 0,
    faults,
    async setup({ driver }) {
      const shop = createInventory(driver, { name: 'sim', audit: 100 });
      for (const [item, count] of Object.entries(stock)) await shop.setStock(item, count);
      return { wrong: [] as string[] };
    },
    async scenario({ name, index, driver, clock, pick, record }) {
      const shop = createInventory(dress(driver), { name: 'sim', audit: 100, perCustomer: 4 });
      // A process that begins anew goes on under the same id, with the same wish.
      const items = [{ tee: 1 }, { tee: 1, cap: 1 }, { cap: 2 }][index % 3] as Quantities;
      const wait = pick([{}, { wait: 50 }]);
      const held = await shop.reserve(items, { id: name, hold: 100, customer: `c${index % 20}`, ...wait });
      if (!held.ok && held.reason !== 'waiting') return;
      await clock.sleep(pick([0, 5, 60, 150]));
      const end = await (pick(['confirm', 'confirm', 'release']) === 'confirm'
        ? shop.confirm(name)
        : shop.release(name));
      if (end.ok && (await shop.reservation(name)).state === 'confirmed') record('bought', items);
    },
    witness: ({ reply, context }) => void context.wrong.push(...wrongLevels(reply)),
    async check({ driver, events, context, advance }) {
      const shop = createInventory(driver, { name: 'sim', audit: 100 });
      await advance(1000);
      while ((await shop.sweep()) > 0);
      const complaints = [...new Set(context.wrong)];
      for (const [item, { free, held, sold }] of await shop.availability(Object.keys(stock))) {
        const told = new Set(events.filter(({ type }) => type === 'bought').map(({ process }) => process));
        const bought = [...told].reduce((sum, process) => {
          const event = events.find((one) => one.type === 'bought' && one.process === process);
          return sum + Number(event?.[item] ?? 0);
        }, 0);
        if (free + held + sold !== stock[item as keyof typeof stock])
          complaints.push(`${item}: ${free} + ${held} + ${sold}`);
        if (held !== 0) complaints.push(`${item}: ${held} held for ever`);
        if (sold < bought) complaints.push(`${item}: ${sold} sold, and ${bought} told so`);
      }
      for (const { item, count } of (await shop.reconcile()).drift)
        complaints.push(`${item}: drift of ${count}`);
      return complaints;
    },
  });
}

it('64 processes in any order, under every fault: free + held + sold is what was put there, at every moment', async () => {
  const { events } = await run(full ? 500 : 12);
  expect(events.bought).toBeGreaterThan(100);
}, 600_000);

it.each<ScriptBug & { name: string; finds: RegExp }>([
  {
    name: 'stock that is not checked',
    script: 'inventory/reserve',
    right: 'if free < quantity and not short',
    wrong: 'if false',
    finds: /free/,
  },
  {
    name: 'a hold that comes back twice',
    script: 'inventory/settle',
    right: 'change(item, 0, -quantity, 0)',
    wrong: 'change(item, 0, -2 * quantity, 0)',
    finds: /held|drift/,
  },
  {
    name: 'a sale that is repeated',
    script: 'inventory/settle',
    right: 'local over = endOf(ARGV[4])',
    wrong: "change('tee', -1, 0, 1)\nlocal over = endOf(ARGV[4])",
    finds: /drift|told/,
  },
])(
  'notices $name',
  async ({ finds, ...bug }) => {
    await expect(run(30, bug)).rejects.toThrow(finds);
  },
  120_000,
);
