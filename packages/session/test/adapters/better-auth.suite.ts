import type { MatrixContext } from '@penknife/matrix';
import { expect, it } from 'vitest';
import { runBetterAuthSchedule } from './better-auth.schedule.js';

/** better-auth's secondary storage against a plain model, on whatever the context runs on. */
export function betterAuthSuite(context: MatrixContext): void {
  const schedules = context.column.memory ? 200 : 4;

  it(`${schedules} schedules of three processes answer as a plain model does`, async () => {
    const drivers = [await context.driver(), await context.driver(), await context.driver()];
    // A server's time is nobody's to move to the millisecond.
    const advance = context.column.memory ? (ms: number) => context.advance(ms) : undefined;
    for (let seed = 0; seed < schedules; seed++) {
      expect(await runBetterAuthSchedule({ drivers, advance }, seed)).toEqual([]);
    }
  }, 60_000);
}
