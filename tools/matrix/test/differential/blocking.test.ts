import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type BlockingScenario,
  type BlockingSide,
  blockingScenarios,
  openBlockingSide,
  runBlocking,
  shownScenario,
} from './support/blocking.js';
import { exact } from './support/rules.js';
import { fullTier, plantedSeed, runs, type Sides, seed } from './support/run-property.js';
import type { Tampering } from './support/side.js';
import { haveReference, openMemory, openReference } from './support/sides.js';

describe.skipIf(!haveReference)('connections that wait are served as on Redis 7.0', () => {
  let sides: Sides;
  let reference: BlockingSide;
  let memory: BlockingSide;
  beforeAll(async () => {
    sides = { reference: await openReference(), memory: await openMemory() };
    reference = await openBlockingSide(sides.reference);
    memory = await openBlockingSide(sides.memory);
  });
  afterAll(async () => {
    await Promise.all([sides.reference.close(), sides.memory.close()]);
  });

  /** What differs, as a text; undefined when nothing does. */
  async function difference(scenario: BlockingScenario, planted?: Tampering): Promise<string | undefined> {
    const [expected, actual] = [
      await runBlocking(reference, scenario),
      await runBlocking(memory, scenario, planted),
    ];
    return exact(expected, actual) ? undefined : shownScenario(scenario, expected, actual);
  }

  it('whoever waits for what, and whatever comes', { timeout: fullTier ? 600_000 : 30_000 }, async () => {
    let found: string | undefined;
    await fc.check(
      fc.asyncProperty(blockingScenarios, async (scenario) => {
        const differing = await difference(scenario);
        found = differing ?? found;
        return differing === undefined;
      }),
      { seed, numRuns: runs(150) },
    );
    expect(found, `PENKNIFE_SEED=${seed}`).toBeUndefined();
  });

  it('a planted bug is found: those who wait take from the wrong end', async () => {
    const planted: Tampering = {
      words: ([name, ...rest]) => [name === 'BLPOP' ? 'BRPOP' : name, ...rest],
    };
    const outcome = await fc.check(
      fc.asyncProperty(
        blockingScenarios,
        async (scenario) => (await difference(scenario, planted)) === undefined,
      ),
      { seed: plantedSeed, numRuns: 300, endOnFailure: true },
    );
    expect(outcome.failed).toBe(true);
  });
});
