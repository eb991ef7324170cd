import type { MatrixContext } from '@penknife/matrix';
import { it } from 'vitest';
import { playAgainstModel, scenarios, wideScenarios } from './oracle.js';
import { playTrims, trimScenarios } from './trims.js';

/** Random operations against a plain sorted array of BigInt tuples: every read under every tie policy. */
export function oracleSuite(context: MatrixContext): void {
  const runs = context.column.memory ? 2 : 1;
  const steps = context.column.memory ? 60 : 20;
  for (const scenario of [...scenarios, ...wideScenarios]) {
    for (const operator of scenario.operators) {
      it(`every read equals the model's: ${scenario.name}, ${operator}`, async () => {
        const driver = await context.driver();
        for (let seed = 1; seed <= runs; seed++)
          await playAgainstModel(driver, scenario, operator, seed, steps);
      });
    }
  }
  for (const scenario of trimScenarios) {
    it(`trap 3: a board of random sizes holds the best and nobody else: ${scenario.direction}, ${scenario.layout}`, async () => {
      const driver = await context.driver();
      for (let seed = 1; seed <= runs; seed++) await playTrims(driver, scenario, seed, 2 * steps);
    });
  }
}
