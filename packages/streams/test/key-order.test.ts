import type { Driver } from '@penknife/core';
import { plantedBug } from '@penknife/testing';
import { expect, it } from 'vitest';
import { pendingOf } from '../src/commands/group.js';
import { readGroup } from '../src/commands/read.js';
import { dressed } from './dressed.js';
import { disorderOf, faultsOfLife, runKeyOrder } from './key-order.js';

/** A member that knows of no other, a tenure that everybody gets, and a take that passes by what others hold. */
function withoutTenure(driver: Driver): Driver {
  let generation = 0;
  return dressed(driver, {
    batch: (commands, options) =>
      driver.batch(commands, options).then(
        (outcomes) =>
          outcomes.map((outcome, i) => {
            const name = commands[i]?.script?.name;
            if (name === 'streams/hold-partition')
              return { ok: true, value: { generation: ++generation, endsInMs: 0 } };
            const alone = commands[i]?.args[5];
            if (name === 'streams/join-group' && outcome.ok)
              return { ok: true, value: { members: [alone], nextEndMs: null } };
            return name === 'streams/keep-partition' ? { ok: true, value: true } : outcome;
          }) as never,
      ),
    async send(command, options) {
      if (command.script?.name !== 'streams/take-ordered') return driver.send(command, options);
      const [log, , , , group, name, , limit] = command.args.slice(3) as string[];
      const read = await driver.send(readGroup(log ?? '', group ?? '', name ?? '', Number(limit)), options);
      const entries = read.map((entry) => ({ ...entry, deliveries: 1, failures: 0 }));
      return { entries, lost: [], more: false, blockedMs: null, tenureOver: false, removed: [] } as never;
    },
  });
}

/** A member that takes whatever is pending in its name for held, and so never looks back for what it lost sight of. */
function withoutLookingBack(driver: Driver): Driver {
  return dressed(driver, {
    async send(command, options) {
      if (command.script?.name !== 'streams/take-ordered') return driver.send(command, options);
      const [log, , , group, name] = command.args.slice(3) as string[];
      const pending = await driver.send(pendingOf(log ?? '', group ?? '', name ?? '', undefined, 1000));
      return driver.send({ ...command, args: [...command.args, ...pending.map(({ id }) => id)] }, options);
    },
  });
}

const seeds = process.env.PENKNIFE_TIER === 'full' ? 400 : 15;
/** Lives on a slow wire cost more. */
const wired = process.env.PENKNIFE_TIER === 'full' ? 150 : 11;
/** A member that lost its leases, and took up the rest while another worked on what came before it. */
const once = [386];

it('trap 22: whatever fails, dies, stalls or leaves, a message starts only when all before it of its key are done', async () => {
  const faults: string[] = [];
  for (const seed of [...Array.from({ length: seeds }, (_, i) => i + 1), ...once]) {
    const life = await runKeyOrder(seed, { order: 'key' });
    faults.push(...faultsOfLife(life).map((fault) => `seed ${seed}: ${fault}`));
  }
  expect(faults.slice(0, 10)).toEqual([]);
}, 120_000);

it('and on a split stream, whose members work side by side', async () => {
  const faults: string[] = [];
  for (let seed = 1; seed <= seeds; seed++) {
    const life = await runKeyOrder(seed, {}, { split: true });
    faults.push(...faultsOfLife(life).map((fault) => `seed ${seed}: ${fault}`));
  }
  expect(faults.slice(0, 10)).toEqual([]);
}, 120_000);

/** What goes wrong in lives on a slow wire, on a stream and on a split one. */
async function onWires(seeds: number): Promise<string[]> {
  const faults: string[] = [];
  for (const split of [false, true]) {
    for (let seed = 1; seed <= seeds; seed++) {
      const life = await runKeyOrder(seed, { order: 'key' }, { split, wireMs: 30 });
      const of = `${split ? 'split, ' : ''}seed ${seed}`;
      faults.push(...faultsOfLife(life).map((fault) => `${of}: ${fault}`));
    }
  }
  return faults.slice(0, 10);
}

it('and where commands are under way for long, are lost, and arrive after all', async () => {
  // Seed 11 is the one at which it was first seen: what came after was read before all that was out of sight was found.
  expect(await onWires(wired)).toEqual([]);
}, 300_000);

it('planted: members that each believe every partition to be theirs, and are believed', async () => {
  const faults: string[] = [];
  for (let seed = 1; seed <= 5 && faults.length === 0; seed++) {
    const { history } = await runKeyOrder(seed, {}, { split: true, dress: withoutTenure });
    faults.push(...disorderOf(history));
  }
  expect(faults).not.toEqual([]);
}, 60_000);

it('planted: a member that never looks back for what it lost sight of', async () => {
  const faults: string[] = [];
  for (let seed = 1; seed <= 5 && faults.length === 0; seed++) {
    const { history } = await runKeyOrder(seed, { order: 'key' }, { wireMs: 30, dress: withoutLookingBack });
    faults.push(...disorderOf(history));
  }
  expect(faults).not.toEqual([]);
}, 60_000);

it('planted: a server on which what was started and lost comes again as the same delivery', async () => {
  const plant = plantedBug({
    script: 'streams/take-ordered',
    right: 'unstarted(id, deliveries) and deliveries or deliveries + 1',
    wrong: 'deliveries',
  });
  const dress = (driver: Driver): Driver =>
    dressed(driver, {
      send: (command, options) => driver.send(plant(command), options),
    });
  const faults: string[] = [];
  for (let seed = 7; seed <= 20 && faults.length === 0; seed++)
    faults.push(...(await runKeyOrder(seed, { order: 'key' }, { wireMs: 30, dress })).twice);
  expect(faults).not.toEqual([]);
}, 60_000);

it('the checker notices a group that keeps no order', async () => {
  const { history } = await runKeyOrder(1, {});
  expect(disorderOf(history)).not.toEqual([]);
});
