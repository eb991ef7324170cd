import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ListeningAct, listen, listeningActs } from './support/listening.js';
import type { Outcome } from './support/outcome.js';
import { exact } from './support/rules.js';
import { fullTier, runs, type Sides, seed } from './support/run-property.js';
import { haveReference, openMemory, openReference } from './support/sides.js';

interface Difference {
  readonly acts: readonly ListeningAct[];
  readonly reference: readonly Outcome[];
  readonly memory: readonly Outcome[];
}

describe.skipIf(!haveReference)('listeners hear what they would hear on Redis 7.0', () => {
  let sides: Sides;
  beforeAll(async () => {
    sides = { reference: await openReference(), memory: await openMemory() };
  });
  afterAll(async () => {
    await Promise.all([sides.reference.close(), sides.memory.close()]);
  });

  async function difference(acts: readonly ListeningAct[], deafTo?: string): Promise<Difference | undefined> {
    const reference = await listen(sides.reference, acts);
    const memory = await listen(sides.memory, acts, deafTo);
    return exact(reference, memory) ? undefined : { acts, reference, memory };
  }

  it('on channels, patterns and shard channels', { timeout: fullTier ? 600_000 : 30_000 }, async () => {
    let found: Difference | undefined;
    await fc.check(
      fc.asyncProperty(listeningActs, async (acts) => {
        const differing = await difference(acts);
        found = differing ?? found;
        return differing === undefined;
      }),
      { seed, numRuns: runs(80) },
    );
    expect(found, `PENKNIFE_SEED=${seed}`).toBeUndefined();
  });

  it('a planted bug is found: empty messages are not heard', async () => {
    const outcome = await fc.check(
      fc.asyncProperty(listeningActs, async (acts) => (await difference(acts, '')) === undefined),
      { seed, numRuns: 200, endOnFailure: true },
    );
    expect(outcome.failed).toBe(true);
  });
});
