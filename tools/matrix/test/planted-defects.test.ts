import { contractCases, runDriverContract } from '@penknife/testing';
import { describe, expect, it } from 'vitest';
import { contractSetup, inColumn, nodeRedisClient, singleColumn } from '../src/index.js';
import { brokenDriver, type Defect, defects } from './defects/broken-driver.js';
import { type CaseResults, runCases } from './defects/run-cases.js';

describe('the contract suite', () => {
  const column = singleColumn(nodeRedisClient);
  const world = inColumn(column, { slowLog: false });

  const runWith = (names: readonly string[], defect: Defect, patienceMs: number): Promise<CaseResults> => {
    const setup = contractSetup(column, world);
    return runCases(names, (runner) =>
      runDriverContract(runner, {
        ...setup,
        create: async (options) => brokenDriver(await setup.create(options), defect),
        // A getter does not survive the spread: the faults are those of the world as it is now.
        faults: world().faults,
        patienceMs,
      }),
    );
  };

  for (const [name, { defect, caughtBy }] of Object.entries(defects)) {
    it(`catches a driver that ${name}`, async () => {
      const results = await runWith(caughtBy, defect, 400);
      expect([...results].filter(([, result]) => result === 'passed')).toEqual([]);
    });
  }

  it('lets a driver through that is right, in every case that has to catch something', async () => {
    const names = [...new Set(Object.values(defects).flatMap(({ caughtBy }) => caughtBy))];
    const results = await runWith(names, () => ({}), 5000);
    expect([...results].filter(([, result]) => result === 'failed')).toEqual([]);
  });

  it('names every case once', () => {
    const names = contractCases.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });
});
