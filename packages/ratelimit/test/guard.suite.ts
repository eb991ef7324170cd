import { isUnavailable } from '@penknife/core';
import type { MatrixContext } from '@penknife/matrix';
import { expect, it } from 'vitest';
import { createRateLimiter, createRateLimits, guardLimiter, guardLimits, type Health } from '../src/index.js';

/** A limiter whose server is slow or gone, on whatever the context runs on. */
export function guardSuite(context: MatrixContext): void {
  const key = 'pk:rl1:gcra:{a}:default';

  for (const fallback of ['open', 'closed', 'local'] as const) {
    it(`trap 14: a frozen server: ${fallback} answers, says so, and the server decides again when it is back`, async () => {
      const driver = await context.driver();
      const health: Health[] = [];
      const limiter = guardLimiter(driver, createRateLimiter(driver, { policy: '2/h' }), {
        fallback,
        deadlineMs: 5000,
        failures: 2,
        probeEvery: 30,
        onHealth: (state) => health.push(state),
      });
      expect(await limiter.check('a')).toMatchObject({ allowed: true, source: 'server' });
      await context.faults.pause?.(key);
      const during = async () => {
        const pending = limiter.check('a', { deadlineMs: 20 });
        await context.advance(25);
        return pending;
      };
      const first = await during();
      expect(first).toMatchObject({ allowed: fallback !== 'closed', source: fallback });
      if (fallback === 'closed') expect(first.reason).toBe('unavailable');
      await during();
      expect(limiter.health).toBe('failing');
      const third = await limiter.check('a');
      expect(third).toMatchObject({ source: fallback, allowed: fallback === 'open' });
      if (fallback !== 'local') expect(await limiter.refund('a', first)).toBe(0);
      // Nothing recovers by itself here: who asked for it has to know that it was not done.
      const reset = expect(limiter.reset('a', { deadlineMs: 20 })).rejects.toSatisfy(isUnavailable);
      await context.advance(25);
      await reset;
      if (fallback === 'local') expect(third.reason).toBe('limit');
      await context.faults.resume?.(key);
      for (let i = 0; i < 40 && limiter.health !== 'serving'; i++) {
        await context.advance(30);
        await limiter.check('a');
      }
      expect(await limiter.check('b')).toMatchObject({ allowed: true, source: 'server' });
      expect(health[0]).toBe('failing');
      expect(health.at(-1)).toBe('serving');
    });
  }

  const once = context.where(context.column.memory, 'local, which does most, is shown everywhere');
  for (const fallback of ['open', 'closed', 'local'] as const) {
    const test = fallback === 'local' ? it : once;
    test(`several limits, a frozen server: ${fallback} answers for all of them, and the server decides again when it is back`, async () => {
      const driver = await context.driver();
      const all = createRateLimits(driver, {
        limits: { hour: '4/h', day: 'fixed-window 18/30d', running: 'concurrency 9 lease 1h' },
      });
      const limits = guardLimits(driver, all, {
        fallback,
        deadlineMs: 5000,
        failures: 1,
        probeEvery: 30,
        instances: 2,
      });
      const left = async (): Promise<unknown> =>
        Object.values((await during(() => limits.peek('a', { deadlineMs: 20 }))).results).map(
          ({ remaining }) => remaining,
        );
      async function during<T>(call: () => Promise<T>): Promise<T> {
        const pending = call();
        await context.advance(25);
        return pending;
      }
      expect(await limits.check('a')).toMatchObject({
        allowed: true,
        results: { hour: { source: 'server', remaining: 3 } },
      });
      await context.faults.pause?.(key);
      const first = await during(() => limits.check('a', { deadlineMs: 20 }));
      const said = { source: fallback, ...(fallback === 'closed' && { reason: 'unavailable' }) };
      expect(first).toMatchObject({
        allowed: fallback !== 'closed',
        binding: fallback === 'closed' ? 'hour' : null,
        results: { hour: said, day: said, running: said },
      });
      expect(limits.health).toBe('failing');
      if (fallback === 'local') {
        expect(await left()).toEqual([1, 8, 3]);
        // All or nothing, here too.
        const cost = { day: 9 };
        const denied = await during(() => limits.check('a', { cost, deadlineMs: 20 }));
        expect(denied).toMatchObject({ allowed: false, binding: 'day', results: { hour: { remaining: 1 } } });
        expect(await left()).toEqual([1, 8, 3]);
        await limits.release('a', first);
        expect(await left()).toEqual([1, 8, 4]);
        await limits.refund('a', first);
        expect(await left()).toEqual([2, 9, 4]);
      } else await during(() => limits.refund('a', first, { deadlineMs: 20 }));
      const reset = expect(limits.reset('a', { deadlineMs: 20 })).rejects.toSatisfy(isUnavailable);
      await context.advance(25);
      await reset;
      await context.faults.resume?.(key);
      while (limits.health !== 'serving') {
        await context.advance(30);
        await limits.peek('a');
      }
      const after = await limits.check('b');
      expect(after).toMatchObject({
        allowed: true,
        results: { running: { source: 'server', remaining: 8 } },
      });
      expect(await limits.extend('b', after)).toBe(true);
      await limits.refund('b', after);
      expect((await limits.peek('b')).results.hour.remaining).toBe(4);
      for (let i = 0; i < 5; i++) await limits.check('b');
      expect(limits.health).toBe('serving');
    });
  }

  const here = context.where(context.column.memory, 'it is decided in this process');
  here('several limits without a server: a call that is refused has charged none of them', async () => {
    const driver = await context.driver();
    const limits = guardLimits(
      driver,
      createRateLimits(driver, { limits: { hour: '9/h', day: 'fixed-window 18/30d' } }),
      { fallback: 'local', failures: 1, probeEvery: '1h' },
    );
    await context.faults.pause?.(key);
    const failing = limits.check('a', { deadlineMs: 20 });
    await context.advance(25);
    expect((await failing).results.hour).toMatchObject({ source: 'local', remaining: 8 });
    for (const refused of [
      () => limits.check({ hour: 'a' } as never),
      () => limits.check('a', { cost: { day: 0 } }),
      () => limits.check('a', { policies: { day: '18/30d' } }),
      () => limits.check('a', { policies: { day: 'often' as never } }),
    ])
      await expect(refused()).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    const { hour, day } = (await limits.peek('a')).results;
    expect([hour.remaining, day.remaining]).toEqual([8, 17]);
    await context.faults.resume?.(key);
  });

  it('trap 13: denials never trip the breaker, and are never answered by the fallback', async () => {
    const driver = await context.driver();
    const limiter = guardLimiter(driver, createRateLimiter(driver, { policy: '1/h' }), {
      fallback: 'open',
      failures: 1,
      deadlineMs: 5000,
    });
    await limiter.check('a');
    for (let i = 0; i < 5; i++)
      expect(await limiter.check('a')).toMatchObject({ allowed: false, source: 'server', reason: 'limit' });
    expect(limiter.health).toBe('serving');
    await expect(limiter.check('a', { cost: 0 })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    expect(limiter.health).toBe('serving');
  });

  const single = context.where(
    !context.column.memory && context.column.topology === 'single',
    'it takes a server that becomes a replica; a cluster sends its clients to the primary',
  );
  single(
    'trap 15: a server that became a read-only replica refuses what would charge, and a guard takes over',
    async () => {
      const driver = await context.driver();
      const bare = createRateLimiter(driver, { policy: '3/h' });
      const limiter = guardLimiter(driver, bare, {
        fallback: 'closed',
        failures: 1,
        deadlineMs: 5000,
        probeEvery: 10,
      });
      await limiter.check('a');
      // Its primary is nowhere: it keeps what it has, and writes nothing.
      await context.admin('REPLICAOF', '127.0.0.1', '1');
      await expect(bare.check('a')).rejects.toMatchObject({ code: 'READONLY' });
      expect(await limiter.check('a')).toMatchObject({
        allowed: false,
        reason: 'unavailable',
        source: 'closed',
      });
      expect(limiter.health).toBe('failing');
      // What only reads is answered.
      expect(await bare.peek('a')).toMatchObject({ allowed: true, remaining: 2 });
      await context.admin('REPLICAOF', 'NO', 'ONE');
      while (limiter.health !== 'serving') {
        await context.advance(10);
        await limiter.peek('a');
      }
      // Nothing was charged in between, and nothing was forgotten.
      const allowed: boolean[] = [];
      for (let i = 0; i < 3; i++) allowed.push((await limiter.check('a')).allowed);
      expect(allowed).toEqual([true, true, false]);
    },
  );

  it('trap 15: a script that the server forgot is sent once more, and its text is not sent with every call', async () => {
    const driver = await context.driver();
    const limiter = createRateLimiter(driver, { policy: '100/h' });
    await limiter.check('a');
    await context.admin('SCRIPT', 'FLUSH');
    const { calls } = await context.counts(async () => {
      for (let i = 0; i < 5; i++) expect((await limiter.check('a')).allowed).toBe(true);
    });
    expect(calls).toMatchObject({ evalsha: 5, eval: 1 });
    expect((await limiter.peek('a')).remaining).toBe(94);
  });
}
