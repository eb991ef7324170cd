import type { Command, Driver } from '@penknife/core';
import { createMemoryRedis } from '@penknife/driver-memory';
import { faultKinds, readDeliveries, type SimulationReport, simulate } from '@penknife/testing';
import { expect, it } from 'vitest';
import { createStreams } from '../src/index.js';
import { dressed } from './dressed.js';
import { drafts, numbers } from './sample-streams.js';

const seeds = process.env.PENKNIFE_TIER === 'full' ? 2000 : 60;
const count = 6;

function run(
  many: number,
  dress: (driver: Driver) => Driver = (driver) => driver,
): Promise<SimulationReport> {
  return simulate({
    engine: ({ clock }) => createMemoryRedis({ clock, seed: 1 }),
    seeds: many,
    processes: 2,
    shrinkRuns: 100,
    // Somebody has to be left to finish.
    faults: { kinds: faultKinds.filter((kind) => kind !== 'crash'), longestMs: 3000 },
    async setup({ driver }) {
      const log = createStreams(driver).open(numbers);
      const appended = await log.appendMany(drafts(count));
      return { log, ids: appended.map(({ id }) => id), handled: new Set<string>() };
    },
    async scenario({ name, driver, clock, pick, record }, { ids, handled }) {
      const consumer = createStreams(dress(driver))
        .open(numbers)
        .consume(
          'g',
          async ({ id }) => {
            record('delivered', { id });
            await clock.sleep(pick([0, 20, 1500]));
            if (pick(['done', 'done', 'done', 'failed']) === 'failed') throw new Error('by choice');
            handled.add(id);
            record('handled', { id });
          },
          { name, lease: 1000, poll: 500, retry: { failures: 1000, crashes: 1000, base: 20, max: 200 } },
        );
      for (let i = 0; i < 600 && handled.size < ids.length; i++) await clock.sleep(100);
      await consumer.close();
    },
    async check({ events, context: { log, ids }, advance }) {
      await advance(10_000);
      const { lost } = readDeliveries([...ids.map((id) => ({ type: 'sent', id })), ...events]);
      const { lag } = await log.stats('g');
      return [...lost.map((id) => `${id} was never handled`), ...(lag === 0 ? [] : [`lag ${lag}`])];
    },
  });
}

it('in every order and under every fault each message is handled, though processes stop, start anew and lose answers', async () => {
  const { events, faults } = await run(seeds);
  expect(events.handled).toBeGreaterThanOrEqual(seeds * count);
  expect(events.delivered).toBeGreaterThan(events.handled ?? 0);
  expect(faults.restart).toBeGreaterThan(seeds / 10);
}, 600_000);

it('notices a consumer that acknowledges what it has not handled', async () => {
  const early = <T>(command: Command<T>): Command<T> =>
    command.args[0] === 'XREADGROUP'
      ? { ...command, args: ['XREADGROUP', 'NOACK', ...command.args.slice(1)] }
      : command;
  const buggy = run(300, (driver) =>
    dressed(driver, {
      send: (command, call) => driver.send(early(command), call),
      batch: (commands, call) => driver.batch(commands.map(early) as never, call),
      openLane: async (options) => {
        const lane = await driver.openLane(options);
        return { ...lane, send: (command, call) => lane.send(early(command), call) };
      },
    }),
  );
  await expect(buggy).rejects.toThrow(/was never handled/);
});
