import type { Driver } from '@penknife/core';
import { workerDriver } from '@penknife/matrix/worker';
import { answerParent, plantedBug } from '@penknife/testing';
import { createInventory } from '../src/index.js';

function dressed(driver: Driver): Driver {
  if (process.env.INVENTORY_PLANTED === undefined) return driver;
  const rewrite = plantedBug({
    script: 'inventory/settle',
    right: 'change(item, -quantity, -quantity, quantity)',
    wrong: 'change(item, -quantity, 0, 0)',
  });
  return { ...driver, send: (command, options) => driver.send(rewrite(command), options) };
}

const driver = dressed(workerDriver());
const shop = createInventory(driver, { name: 'soak', deadlineMs: 2000 });
const { random } = driver;
const confirmed: string[] = [];
const loops: Promise<void>[] = [];
let ending = false;

/** A buyer: takes one or two things, thinks, and pays, or goes. Whatever was not answered is asked again under its id. */
async function buy(number: number): Promise<void> {
  const id = `${process.pid}-${number}`;
  const basket = random.fraction() < 0.5 ? { tee: 1 } : { cap: 2, tee: 1 };
  const wait = random.fraction() < 0.5 ? {} : { wait: 100 };
  const held = await again(() => shop.reserve(basket, { id, hold: 200, ...wait }));
  if (held === undefined) return;
  await driver.clock.sleep(random.fraction() * 20);
  const settled = await again(() => (random.fraction() < 0.7 ? shop.confirm(id) : shop.release(id)));
  if (settled?.ok && (await again(() => shop.reservation(id)))?.state === 'confirmed') confirmed.push(id);
}

async function again<T>(act: () => Promise<T>): Promise<T | undefined> {
  for (let tries = 0; tries < 20 && !ending; tries++) {
    try {
      return await act();
    } catch {
      await driver.clock.sleep(20);
    }
  }
  return undefined;
}

async function loop(from: number): Promise<void> {
  for (let number = from; !ending; number += 10) await buy(number);
}

const acts = {
  /** Begins to buy. */
  start(): void {
    for (let i = 0; i < 4; i++) loops.push(loop(i));
  },
  /** How many reservations are known to be confirmed by now. */
  confirmed(): number {
    return confirmed.length;
  },
  /** Ends that; resolves to the reservations that are known to be confirmed. */
  async report(): Promise<readonly string[]> {
    ending = true;
    await Promise.all(loops);
    await driver.close();
    return confirmed;
  },
};

/** For the types of the test. */
export type Acts = typeof acts;

answerParent(acts);
