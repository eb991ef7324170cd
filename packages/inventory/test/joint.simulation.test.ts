import type { Driver } from '@penknife/core';
import { createMemoryRedis } from '@penknife/driver-memory';
import { faultKinds, type SimulationReport, simulate } from '@penknife/testing';
import { expect, it } from 'vitest';
import { createInventory, createJointReservations, type Inventory } from '../src/index.js';

const full = process.env.PENKNIFE_TIER === 'full';
const names = ['caps', 'posters', 'tees'] as const;
const parts = { caps: { it: 1 }, posters: { it: 1 }, tees: { it: 1 } } as const;

function shopsOver(driver: Driver): Inventory[] {
  return names.map((name) => createInventory(driver, { name, hold: 300 }));
}

/** What a careless hand would have written: holds that are not prolonged before the first part is sold. */
function careless(shop: Inventory): Inventory {
  return { ...shop, extend: async () => ({ ok: true, holdMs: 1 }) };
}

function run(
  seeds: number,
  dress: (shop: Inventory) => Inventory = (shop) => shop,
): Promise<SimulationReport> {
  return simulate({
    engine: ({ clock }) => createMemoryRedis({ clock, seed: 1 }),
    seeds,
    processes: 4,
    shrinkRuns: 0,
    faults: { kinds: faultKinds, atMost: 4, longestMs: 2000 },
    async setup({ driver }) {
      for (const shop of shopsOver(driver)) await shop.setStock('it', 3);
      return { confirming: new Set<string>() };
    },
    async scenario({ name, driver, clock, pick, record }, { confirming }) {
      const joint = createJointReservations(driver, shopsOver(driver).map(dress), { settle: '10m' });
      const held = await joint.reserve(parts, { id: name });
      if (!held.ok) return;
      record('held');
      await clock.sleep(pick([0, 10, 250]));
      confirming.add(name);
      if ((await joint.confirm(name, names)).ok) record('sold');
    },
    async check({ driver, events, context, advance }) {
      const complaints: string[] = [];
      const shops = shopsOver(driver);
      const joint = createJointReservations(driver, shops.map(dress), { settle: '10m' });
      await advance(5 * 60_000);
      // Whoever keeps the order repeats what may have been begun.
      for (const id of context.confirming) {
        const outcome = await joint.confirm(id, names);
        if (!outcome.ok && outcome.reason === 'partial') complaints.push(`${id} is sold by half`);
        const told = events.some(({ type, process }) => type === 'sold' && process === id);
        if (told && !outcome.ok) complaints.push(`${id} was told that it is sold`);
      }
      await advance(11 * 60_000);
      for (const shop of shops) while ((await shop.sweep()) > 0);
      const levels = await Promise.all(
        shops.map(async (shop) => (await shop.availability(['it'])).get('it')),
      );
      const [first] = levels;
      for (const level of levels) {
        if (level === undefined || level.free < 0 || level.free + level.sold !== 3)
          complaints.push(JSON.stringify(level));
        if (level?.held !== 0) complaints.push(`${level?.held} held for ever`);
        if (level?.sold !== first?.sold) complaints.push(`${level?.sold} sold here, ${first?.sold} there`);
      }
      return complaints;
    },
  });
}

it('over three slots, in any order and under every fault: nothing is sold by half, nothing oversold, nothing held for ever', async () => {
  const { events } = await run(full ? 3000 : 80);
  expect(events.held).toBeGreaterThan(80);
  expect(events.sold).toBeGreaterThan(40);
}, 600_000);

it('notices holds that are not prolonged before the first part is sold', async () => {
  await expect(run(600, careless)).rejects.toThrow(/by half|sold here|told that/);
}, 120_000);
