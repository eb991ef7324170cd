import { contractCases, runDriverContract } from '@penknife/testing';
import { describe, expect, it, vi } from 'vitest';
import { clusterColumn, contractSetup, inColumn, nodeRedisClient } from '../src/index.js';
import { brokenDriver, type Defect, defects } from './defects/broken-driver.js';
import { runCases } from './defects/run-cases.js';

vi.setConfig({ testTimeout: 40_000 });

/** What a driver may get wrong when a primary is replaced; the bugs are those that the other cases catch elsewhere. */
const caught = [
  'sends again what may have run',
  'says unsent of what may have run',
  'swallows the gap',
  'never forgets its traits',
] as const;

describe('the failover case of the contract', () => {
  const column = clusterColumn(nodeRedisClient);
  const world = inColumn(column, { slowLog: false });
  const names = contractCases.map(({ name }) => name).filter((name) => name.startsWith('failover:'));

  const runWith = async (defect: Defect): Promise<readonly string[]> => {
    const setup = contractSetup(column, world);
    const results = await runCases(names, (runner) =>
      runDriverContract(runner, {
        ...setup,
        create: async (options) => brokenDriver(await setup.create(options), defect),
        // A getter does not survive the spread: the faults are those of the world as it is now.
        faults: world().faults,
        patienceMs: 1500,
      }),
    );
    return [...results.values()];
  };

  for (const name of caught) {
    it(`catches a driver that ${name}`, async () => {
      expect(await runWith(defects[name]!.defect)).toEqual(['failed']);
    });
  }

  it('lets a driver through that is right, with the same patience', async () => {
    expect(await runWith(() => ({}))).toEqual(['passed']);
  });
});
