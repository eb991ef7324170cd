import fc from 'fast-check';
import { expect } from 'vitest';

/**
 * Runs a property with a fixed seed and demands that it holds for the real structure and fails for each planted bug:
 * a checker that passes a broken structure proves nothing.
 */
export function expectProperty<Make>(
  property: (make: Make) => fc.IRawProperty<unknown, false>,
  real: Make,
  planted: Readonly<Record<string, Make>>,
  numRuns: number = 200,
): void {
  fc.assert(property(real), { seed: 20260101, numRuns });
  for (const [bug, make] of Object.entries(planted)) {
    const outcome = fc.check(property(make), { seed: 20260101, numRuns, endOnFailure: true });
    expect(outcome.failed, `the planted bug must be found: ${bug}`).toBe(true);
  }
}
