import type { Command } from '@penknife/core';
import type { MatrixContext } from '@penknife/matrix';
import { plantedBug } from '@penknife/testing';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createRateLimiter, type LimiterDriver, type Policy, type RateLimitResult } from '../src/index.js';
import { onGivenTime } from './rules/given-time.js';
import { oracle, type Told } from './rules/oracle.js';
import { type Step, stepsOf, type TracedAlgorithm, tracedAlgorithms, tracedPolicies } from './rules/steps.js';

const numRuns = process.env.PENKNIFE_TIER === 'full' ? 300 : 15;

type Dress = (driver: LimiterDriver) => LimiterDriver;
const undressed: Dress = (driver) => driver;

/** Random traces on µs, with looks, refunds and a clock that is set back: every backend decides as the rules do. */
export function tracesSuite(context: MatrixContext): void {
  async function compare(algorithm: TracedAlgorithm, dress: Dress = undressed) {
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
      { numRuns },
    );
  }

  for (const algorithm of tracedAlgorithms) {
    it(`${algorithm}: property: any trace, also one that goes back in time, is decided as by the rules`, async () => {
      const found = await compare(algorithm);
      expect(found.failed, fc.defaultReportMessage(found)).toBe(false);
    });
  }

  const once = context.where(context.column.memory, 'one column shows what the comparison sees');
  once('the comparison notices a script that rounds the other way', async () => {
    const bug = plantedBug({
      script: 'ratelimit/check-plain-gcra',
      right: 'return { 1, math.floor((capacity - ahead) / interval)',
      wrong: 'return { 1, math.ceil((capacity - ahead) / interval)',
    });
    const found = await compare('gcra', (driver) => ({
      ...driver,
      send: <T>(command: Command<T>, options?: object) => driver.send(bug(command), options),
    }));
    expect(found.failed).toBe(true);
  });
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
      if (charged !== undefined) told.push(await limiter.refund(identifier, charged));
      continue;
    }
    const result = await limiter[act](identifier, { cost });
    if (act === 'check') charges.push(result);
    const { source: _source, receipt: _receipt, policy: _policy, ...rest } = result;
    told.push(rest);
  }
  return told;
}
