import { type ContractRunner, contractCases, runDriverContract } from '@penknife/testing';
import { describe, expect, it } from 'vitest';
import { contractSetup, inColumn, nodeRedisClient, singleColumn } from '../src/index.js';
import { brokenDriver, type Defect, defects } from './defects/broken-driver.js';

/** What became of each case. */
type Results = Map<string, 'passed' | 'failed'>;

/** Runs the cases with these names, on its own. */
async function run(names: readonly string[], define: (runner: ContractRunner) => void): Promise<Results> {
  const found = new Map<string, () => Promise<void>>();
  const register = (name: string, test: () => Promise<void>): void => void found.set(name, test);
  define({
    describe: (_, inner) => inner(),
    it: Object.assign(register, { skip: () => undefined }),
  });
  const results: Results = new Map();
  for (const name of names) {
    const test = found.get(name);
    if (test === undefined) throw new Error(`no case is called "${name}"`);
    results.set(
      name,
      await test().then(
        () => 'passed' as const,
        () => 'failed' as const,
      ),
    );
  }
  return results;
}

describe('the contract suite', () => {
  const column = singleColumn(nodeRedisClient);
  const world = inColumn(column, { slowLog: false });

  const runWith = (names: readonly string[], defect: Defect, patienceMs: number): Promise<Results> => {
    const setup = contractSetup(column, world);
    return run(names, (runner) =>
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
