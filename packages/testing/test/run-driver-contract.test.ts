import { describe, expect, it } from 'vitest';
import { type ContractSetup, casesFor, contractCases, runDriverContract } from '../src/index.js';

/** A setup of which only what is given works: enough to see how the suite is defined. */
function setupWith(part: Partial<ContractSetup>): ContractSetup {
  const missing = (): never => {
    throw new Error('not part of this test');
  };
  return {
    name: 'nothing',
    topology: 'single',
    create: missing,
    admin: missing,
    advance: async () => undefined,
    createWithClient: missing,
    faults: {},
    skips: {},
    ...part,
  };
}

interface Defined {
  readonly titles: string[];
  readonly skipped: string[];
  readonly tests: Map<string, () => Promise<void>>;
}

function define(setup: ContractSetup): Defined {
  const defined: Defined = { titles: [], skipped: [], tests: new Map() };
  runDriverContract(
    {
      describe(title, inner) {
        defined.titles.push(title);
        inner();
      },
      it: Object.assign((name: string, run: () => Promise<void>) => void defined.tests.set(name, run), {
        skip: (name: string) => void defined.skipped.push(name),
      }),
    },
    setup,
  );
  return defined;
}

const skipCheck = 'skips: every name in the list is the name of a case that runs here, with a reason';
const aFeedCase = 'feed: every cut has its gap';

describe('the contract suite', () => {
  it('defines one test per case of the topology, and the check of the skip list', async () => {
    const { titles, tests, skipped } = define(setupWith({}));
    expect(titles).toEqual(['driver contract: nothing']);
    expect([...tests.keys()]).toEqual([
      skipCheck,
      ...casesFor({ topology: 'single' }).map(({ name }) => name),
    ]);
    expect(skipped).toEqual([]);
    await expect(tests.get(skipCheck)?.()).resolves.toBeUndefined();
  });

  it('has cases for clusters alone and for single servers alone', () => {
    const [single, cluster] = (['single', 'cluster'] as const).map(
      (topology) => new Set(casesFor({ topology }).map(({ name }) => name)),
    );
    expect(contractCases.some(({ name }) => cluster?.has(name) && !single?.has(name))).toBe(true);
    expect(contractCases.some(({ name }) => single?.has(name) && !cluster?.has(name))).toBe(true);
    expect(new Set(contractCases.map(({ name }) => name)).size).toBe(contractCases.length);
  });

  it('shows a skipped case with its reason', async () => {
    const name = 'batch: an empty batch gives an empty array';
    const { tests, skipped } = define(setupWith({ skips: { [name]: 'for this test' } }));
    expect(skipped).toEqual([`${name} (skipped: for this test)`]);
    expect(tests.has(name)).toBe(false);
    await expect(tests.get(skipCheck)?.()).resolves.toBeUndefined();
  });

  it('fails for a skip that names no case, or one of another topology, or gives no reason', async () => {
    for (const skips of [
      { 'batch: misspelt': 'a reason' },
      { 'cluster: every key finds its primary, whatever the command': 'a reason' },
      { 'batch: an empty batch gives an empty array': ' ' },
    ]) {
      const { tests } = define(setupWith({ skips }));
      await expect(tests.get(skipCheck)?.()).rejects.toThrow(/skips/);
    }
  });

  it('defines the cases of the concerns that are named, and refuses one that no case has', async () => {
    const { tests } = define(
      setupWith({ concerns: ['batch', 'check server'], skips: { [aFeedCase]: 'why' } }),
    );
    const concerns = [...tests.keys()].filter((name) => name !== skipCheck).map((name) => name.split(':')[0]);
    expect(new Set(concerns)).toEqual(new Set(['batch', 'check server']));
    await expect(tests.get(skipCheck)?.()).resolves.toBeUndefined();
    const misspelt = define(setupWith({ concerns: ['batches'] })).tests.get(skipCheck);
    await expect(misspelt?.()).rejects.toThrow('concerns that no case has: batches');
  });

  it('fails a case whose fault the setup does not supply', async () => {
    const { tests } = define(
      setupWith({
        create: async () =>
          ({
            openFeed: async () => ({ subscribe: async () => undefined }),
            close: async () => undefined,
          }) as never,
      }),
    );
    await expect(tests.get(aFeedCase)?.()).rejects.toThrow('this setup supplies no faults.cutConnections');
  });
});
