import type { MatrixContext } from '@penknife/matrix';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createRateLimiter, createRateLimits, type Policy, rateLimitKeys, simulate } from '../src/index.js';
import { rateAlgorithms } from './rules/traces.js';

const keyKinds = {
  gcra: 'gcra',
  'leaky-bucket': 'leaky',
  'token-bucket': 'bucket',
  'fixed-window': 'fixed',
  'sliding-window-counter': 'counter',
  'sliding-window-log': 'log',
} as const;

/** What every algorithm has in common, on whatever the context runs on. */
export function algorithmsSuite(context: MatrixContext): void {
  for (const algorithm of rateAlgorithms) {
    const keyOf = (identifier: string): string =>
      rateLimitKeys.in('pk')[keyKinds[algorithm]](identifier, 'default');
    const policy = (limit: number, window: string): Policy => `${algorithm} ${limit}/${window}` as Policy;
    const stored = async (identifier: string): Promise<unknown> =>
      algorithm === 'sliding-window-log'
        ? context.admin('LRANGE', keyOf(identifier), 0, -1)
        : context.admin('GET', keyOf(identifier));

    it(`${algorithm}: decides like the simulation`, async () => {
      const limiter = createRateLimiter(await context.driver(), { policy: policy(7, 'd') });
      const costs = [1, 2, 1, 9, 5, 3, 1, 7];
      const simulated = simulate(
        policy(7, 'd'),
        costs.map((cost) => ({ atMs: 43_200_000, cost })),
      );
      for (const [i, cost] of costs.entries()) {
        const { allowed, remaining, reason } = await limiter.check('a', { cost });
        const { allowed: expected, remaining: left, reason: why } = simulated[i] ?? {};
        expect({ allowed, remaining, reason }).toEqual({ allowed: expected, remaining: left, reason: why });
      }
    });

    it(`trap 4: ${algorithm}: a denied call and a look leave the state bit-identical`, async () => {
      const limiter = createRateLimiter(await context.driver(), { policy: policy(5, 'd') });
      await limiter.check('a', { cost: 2 });
      await limiter.check('a', { cost: 2 });
      const before = await stored('a');
      expect((await limiter.check('a', { cost: 3 })).allowed).toBe(false);
      expect((await limiter.peek('a')).remaining).toBe(1);
      expect(await stored('a')).toEqual(before);
      expect((await limiter.check('a', { cost: 1 })).allowed).toBe(true);
    });

    it(`${algorithm}: with chargeDenied a denied call takes what is left`, async () => {
      const limiter = createRateLimiter(await context.driver(), {
        policy: policy(5, 'd'),
        chargeDenied: true,
      });
      await limiter.check('a', { cost: 3 });
      expect(await limiter.check('a', { cost: 4 })).toMatchObject({
        allowed: false,
        remaining: 0,
        receipt: null,
      });
    });

    it(`trap 1: ${algorithm}: after any sequence every key has a bounded TTL`, async () => {
      const limiter = createRateLimiter(await context.driver(), { policy: policy(5, '1000ms') });
      const [costs] = fc.sample(
        fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 12, maxLength: 12 }),
        1,
      );
      for (const cost of costs ?? []) {
        const result = await limiter.check('a', { cost });
        if (cost % 2 === 0) await limiter.refund('a', result);
        const ttl = Number(await context.admin('PTTL', keyOf('a')));
        expect(ttl).not.toBe(-1);
        expect(ttl).toBeLessThanOrEqual(2000);
      }
    });

    it(`trap 2: ${algorithm}: windows below a second are exact`, async () => {
      const limiter = createRateLimiter(await context.driver(), { policy: policy(2, '40ms') });
      const first = await limiter.check('a', { cost: 2 });
      expect(first.resetMs).toBeLessThanOrEqual(80);
      await context.advance(80);
      expect(await limiter.check('a', { cost: 2 })).toMatchObject({ allowed: true });
    });

    it(`trap 10: ${algorithm}: a refund gives back what it charged, once, and never more than everything`, async () => {
      const limiter = createRateLimiter(await context.driver(), { policy: policy(10, 'd') });
      await limiter.check('a', { cost: 3 });
      const charged = await limiter.check('a', { cost: 4 });
      expect(await limiter.refund('a', charged, { cost: 2 })).toBeGreaterThanOrEqual(1);
      expect((await limiter.peek('a')).remaining).toBeGreaterThanOrEqual(4);
      await limiter.refund('a', charged);
      expect(await limiter.refund('a', charged)).toBe(0);
      // The first charge stands: what else is given back of the second would be its.
      expect((await limiter.peek('a')).remaining).toBe(7);
      const before = await limiter.check('a', { cost: 2 });
      await limiter.reset('a');
      await limiter.refund('a', before);
      expect((await limiter.peek('a')).remaining).toBe(10);
      expect(await limiter.refund('a', await limiter.check('a', { cost: 11 }))).toBe(0);
    });

    it(`trap 10: ${algorithm}: a refund creates nothing, under whatever policy was charged`, async () => {
      const driver = await context.driver();
      const plan = policy(1000, 'd');
      const small = createRateLimiter(driver, { policy: policy(10, 'd') });
      await small.check('a', { cost: 300, policy: plan });
      const charged = await small.check('a', { cost: 5, policy: plan });
      expect(await small.refund('a', charged)).toBe(5);
      expect((await small.peek('a', { policy: plan })).remaining).toBe(700);
      const several = createRateLimits(driver, { limits: { one: policy(10, 'd') } });
      await several.check('a', { cost: 300, policies: { one: plan } });
      await several.refund('a', await several.check('a', { cost: 5, policies: { one: plan } }));
      const left = await several.peek('a', { policies: { one: plan } });
      expect(left.results.one.remaining).toBe(700);
    });

    it(`${algorithm}: changing the policy keeps, scales or resets what was used`, async () => {
      const limiter = createRateLimiter(await context.driver(), { policy: policy(10, 'd') });
      const [from, to] = [policy(10, 'd'), policy(20, 'd')];
      const left = async (): Promise<number> => (await limiter.peek('a', { policy: to })).remaining;
      await limiter.check('a', { cost: 5 });
      expect(await limiter.changePolicy('a', { from, to, carry: 'keep' })).toEqual({ before: 5, after: 5 });
      expect(await left()).toBe(15);
      await limiter.changePolicy('a', { from: to, to: from, carry: 'keep' });
      expect(await limiter.changePolicy('a', { from, to, carry: 'scale' })).toEqual({ before: 5, after: 10 });
      expect(await left()).toBe(10);
      expect(await limiter.changePolicy('a', { from, to, carry: 'reset' })).toMatchObject({ after: 0 });
      expect(await left()).toBe(20);
      await expect(limiter.check('a', { policy: 'concurrency 5' })).rejects.toThrow(
        /must keep the algorithm/,
      );
    });

    it(`trap 6: ${algorithm}: only the server's clock counts`, async () => {
      const [here, there] = [await context.driver(), await context.driver()];
      await createRateLimiter(here, { policy: policy(1, 'd') }).check('a');
      const skewed = { ...there, send: there.send.bind(there), clock: { ...there.clock, now: () => 0 } };
      expect((await createRateLimiter(skewed, { policy: policy(1, 'd') }).check('a')).allowed).toBe(false);
    });
  }
}
