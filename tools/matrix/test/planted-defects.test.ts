import { contractCases, runDriverContract } from '@penknife/testing';
import { describe, expect, it } from 'vitest';
import { contractSetup, inColumn, nodeRedisClient, singleColumn } from '../src/index.js';
import { brokenDriver, type Defect, defects } from './defects/broken-driver.js';
import { type CaseResults, runCases } from './defects/run-cases.js';

/** How long what has to happen is waited for, in ms, with a driver that is broken and with one that is right. */
const patienceMs = 400;

describe('the contract suite', () => {
  const column = singleColumn(nodeRedisClient);
  const world = inColumn(column, { slowLog: false });

  const runWith = (names: readonly string[], defect: Defect): Promise<CaseResults> => {
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
      const results = await runWith(caughtBy, defect);
      expect([...results].filter(([, result]) => result === 'passed')).toEqual([]);
    });
  }

  it('lets a driver through that is right, in every case that has to catch something', async () => {
    const names = [...new Set(Object.values(defects).flatMap(({ caughtBy }) => caughtBy))];
    const failing = async (cases: readonly string[]): Promise<string[]> => {
      const results = await runWith(cases, () => ({}));
      return cases.filter((one) => results.get(one) === 'failed');
    };
    // Its patience is short, and the machine may stand still for longer: once.
    const once = await failing(names);
    expect(once.length).toBeLessThan(names.length / 4);
    expect(once.length === 0 ? [] : await failing(once)).toEqual([]);
  });

  it('names every case once', () => {
    const names = contractCases.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });
});
