import type { Command } from '@penknife/core';
import type { MatrixContext } from '@penknife/matrix';
import { plantedBug } from '@penknife/testing';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  createRateLimiter,
  createRateLimits,
  type LimiterDriver,
  type Policy,
  type RateLimitResult,
  type RateLimitsDriver,
} from '../src/index.js';
import { onGivenTime } from './rules/given-time.js';
import { oracle, oracleOfSeveral, type Told } from './rules/oracle.js';
import { type Step, stepsOf, type TracedAlgorithm, tracedAlgorithms, tracedPolicies } from './rules/steps.js';

const numRuns = process.env.PENKNIFE_TIER === 'full' ? 300 : 15;

/** How many traces are looked at, and of which seed; without one they are new each time. */
type Looked = Pick<fc.Parameters, 'numRuns' | 'seed' | 'endOnFailure'>;
/** For planted bugs, which show in few traces: always the same ones, and the first that shows it ends the search. */
const untilFound: Looked = { numRuns: 2000, seed: 20260101, endOnFailure: true };

type Dress = (driver: LimiterDriver) => LimiterDriver;
const undressed: Dress = (driver) => driver;

/** Random traces on µs, with looks, refunds and a clock that is set back: every backend decides as the rules do. */
export function tracesSuite(context: MatrixContext): void {
  async function compare(algorithm: TracedAlgorithm, dress: Dress = undressed, how: Looked = { numRuns }) {
    const driver = dress(await context.driver());
    let traced = 0;
    return fc.check(
      fc.asyncProperty(
        tracedPolicies(algorithm),
        stepsOf,
        fc.boolean(),
        async (policy, steps, chargeDenied) => {
          const told = await toldBy(driver, policy, steps, chargeDenied, `trace ${traced++}`);
          expect(told).toEqual(oracle(policy, steps, chargeDenied));
        },
      ),
      how,
    );
  }

  for (const algorithm of tracedAlgorithms) {
    it(`${algorithm}: property: any trace, also one that goes back in time, is decided as by the rules`, async () => {
      const found = await compare(algorithm);
      expect(found.failed, fc.defaultReportMessage(found)).toBe(false);
    });
  }

  async function compareSeveral(
    rewrite: <T>(command: Command<T>) => Command<T> = (command) => command,
    how: Looked = { numRuns },
  ) {
    const inner = await context.driver();
    const driver: RateLimitsDriver = {
      ...inner,
      send: <T>(command: Command<T>, options?: object) => inner.send(rewrite(command), options),
    };
    let traced = 0;
    const policies = fc.array(tracedPolicies('gcra'), { minLength: 2, maxLength: 4 });
    return fc.check(
      fc.asyncProperty(policies, stepsOf, async (several, steps) => {
        const told = await toldBySeveral(driver, several, steps, `trace ${traced++}`);
        expect(told).toEqual(oracleOfSeveral(several, steps));
      }),
      how,
    );
  }

  it('several GCRA limits: property: any trace is decided as by the rules, all or nothing', async () => {
    const found = await compareSeveral();
    expect(found.failed, fc.defaultReportMessage(found)).toBe(false);
  });

  const once = context.where(context.column.memory, 'one column shows what the comparison sees');
  once('the comparison notices a script that loses the nanoseconds', async () => {
    const bug = plantedBug({
      script: 'ratelimit/check-plain-gcra',
      right: 'ahead - micros * 1000)',
      wrong: '0)',
    });
    const dress: Dress = (driver) => ({
      ...driver,
      send: <T>(command: Command<T>, options?: object) => driver.send(bug(command), options),
    });
    expect((await compare('gcra', dress, untilFound)).failed).toBe(true);
  });

  once('the comparison notices several limits that charge where one of them denies', async () => {
    const bug = plantedBug({
      script: 'ratelimit/check-plain-gcra-several',
      right: 'if after > capacity then answer[1] = 0 end',
      wrong: 'answer[1] = after > capacity and 0 or 1',
    });
    expect((await compareSeveral(bug, untilFound)).failed).toBe(true);
  });
}

/** Asks several limits call by call; refunds are left out. */
async function toldBySeveral(
  driver: RateLimitsDriver,
  policies: readonly Policy[],
  steps: readonly Step[],
  identifier: string,
): Promise<Told[][]> {
  let micros = 0;
  const onTime = onGivenTime(driver, () => micros);
  const limits = createRateLimits(onTime, {
    limits: Object.fromEntries(policies.map((policy, i) => [`limit-${i}`, policy])),
  });
  const told: Told[][] = [];
  for (const { atMicros, act, cost } of steps) {
    micros = atMicros;
    if (act === 'refund') continue;
    const { results } = await limits[act](identifier, { cost });
    told.push(Object.values(results).map(wordless));
  }
  return told;
}

/** Without what only one who was asked knows. */
function wordless({ source: _source, receipt: _receipt, policy: _policy, ...told }: RateLimitResult): Told {
  return told;
}

/** Asks the server call by call. A refund names an earlier call by its place among them. */
async function toldBy(
  driver: LimiterDriver,
  policy: Policy,
  steps: readonly Step[],
  chargeDenied: boolean,
  identifier: string,
): Promise<Told[]> {
  let micros = 0;
  const onTime = onGivenTime(driver, () => micros);
  const limiter = createRateLimiter(onTime, { policy, chargeDenied });
  const charges: RateLimitResult[] = [];
  const told: Told[] = [];
  for (const { atMicros, act, cost } of steps) {
    micros = atMicros;
    if (act === 'refund') {
      const charged = charges[cost % Math.max(1, charges.length)];
      // A copy, as another process has it: what the rule says is asked for, also of what was given back before.
      if (charged !== undefined) told.push(await limiter.refund(identifier, { ...charged }));
      continue;
    }
    const result = await limiter[act](identifier, { cost });
    if (act === 'check') charges.push(result);
    told.push(wordless(result));
  }
  return told;
}
