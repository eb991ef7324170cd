import { setTimeout as sleep } from 'node:timers/promises';
import type { BenchCase, BenchContext, Contestant } from '../../case.js';
import { libraries, librariesThatRun } from './libraries.js';
import type { OpenCache } from './peers.js';

/**
 * One instance loads while another changes the source and invalidates; then the one that invalidated reads. What it
 * gets must not be older than its own change.
 */
async function racing(open: OpenCache, context: BenchContext): Promise<Contestant> {
  const [loading, invalidating] = [await open(context), await open(context)];
  let races = 0;
  let stale = 0;
  return {
    name: loading.name,
    guarantees: loading.guarantees,
    async run(turn) {
      const key = `race-${turn}`;
      let source = 1;
      // A loader that reads first and takes its time, as a query does.
      const load = async (): Promise<unknown> => {
        const read = source;
        await sleep((turn * 7) % 5);
        return { version: read };
      };
      const first = loading.getOrSet(key, load);
      await sleep((turn * 3) % 5);
      source = 2;
      await invalidating.remove(key);
      await first;
      const got = (await invalidating.getOrSet(key, load)) as { version: number };
      races++;
      if (got.version < 2) stale++;
    },
    facts: () => `${stale} of ${races} races read what was older than the invalidation`,
    async close() {
      await loading.close();
      await invalidating.close();
    },
  };
}

/** Twenty callers of one instance and a source that is down. */
async function failing(open: OpenCache, context: BenchContext): Promise<Contestant> {
  const cache = await open(context);
  let runs = 0;
  let rounds = 0;
  let slowest = 0;
  const load = async (): Promise<unknown> => {
    runs++;
    await sleep(20);
    throw new Error('the source is down');
  };
  return {
    name: cache.name,
    guarantees: cache.guarantees,
    async run(turn) {
      rounds++;
      const begun = performance.now();
      await Promise.allSettled(Array.from({ length: 20 }, () => cache.getOrSet(`down-${turn}`, load)));
      slowest = Math.max(slowest, performance.now() - begun);
    },
    facts: () =>
      `${(runs / rounds).toFixed(1)} loader runs for 20 callers, the slowest answered after ${slowest.toFixed(0)} ms (a load takes 20)`,
    close: cache.close,
  };
}

const among =
  (make: (open: OpenCache, context: BenchContext) => Promise<Contestant>) =>
  async (context: BenchContext) => {
    const contestants: Contestant[] = [];
    for (const library of librariesThatRun(context))
      contestants.push(await make(libraries[library], context));
    return contestants;
  };

/** What happens when things meet. */
export const raceCases: readonly BenchCase[] = [
  {
    name: 'cache/invalidation-races',
    question: 'How often does an old value survive its invalidation?',
    inFlight: [16],
    prepare: among(racing),
  },
  {
    name: 'cache/failing-loader',
    question: 'What do twenty callers of a failing loader wait for?',
    inFlight: [1],
    prepare: among(failing),
  },
];
