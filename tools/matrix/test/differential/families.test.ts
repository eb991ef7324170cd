import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectEqual, fullTier, type Sides } from './support/run-property.js';
import { haveReference, openMemory, openReference } from './support/sides.js';
import { suites } from './support/suites.js';

describe.skipIf(!haveReference)('random commands are answered as on Redis 7.0', () => {
  let sides: Sides;
  beforeAll(async () => {
    sides = { reference: await openReference(), memory: await openMemory() };
  });
  afterAll(async () => {
    await Promise.all([sides.reference.close(), sides.memory.close()]);
  });

  it.each(suites)('$name', { timeout: fullTier ? 900_000 : 30_000 }, async ({ programs, numRuns }) => {
    expect(await expectEqual(sides, programs, numRuns)).toBeGreaterThan(numRuns * 5);
  });
});
