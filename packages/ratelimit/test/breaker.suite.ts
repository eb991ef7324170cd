import type { MatrixContext } from '@penknife/matrix';
import { expect, it } from 'vitest';
import {
  cacheDenials,
  createRateLimiter,
  createRateLimits,
  guardLimiter,
  guardLimits,
  type Health,
  sliceLimiter,
} from '../src/index.js';

/** What a guard's breaker takes for a sign of the server, and what not. */
export function breakerSuite(context: MatrixContext): void {
  const key = 'pk:rl1:gcra:{a}:default';

  it('trap 14: what gives nothing back says nothing of the server: the breaker opens, and stays open', async () => {
    const driver = await context.driver();
    const options = { fallback: 'open', deadlineMs: 5000, failures: 2, probeEvery: 8 } as const;
    const lease = 'concurrency 9 lease 1h';
    const leased = createRateLimits(driver, { limits: { hour: '4/h', running: lease } });
    const one = guardLimiter(driver, createRateLimiter(driver, { policy: lease }), options);
    const released = guardLimits(driver, leased, options);
    const refunded = guardLimits(driver, leased, options);
    const unleased = guardLimits(driver, createRateLimits(driver, { limits: { hour: '4/h' } }), options);
    const charged = await unleased.check('a');
    const again = guardLimiter(driver, createRateLimiter(driver, { policy: '9/h' }), options);
    const allAgain = guardLimits(driver, leased, options);
    const [returned, allReturned] = [await again.check('a'), await allAgain.check('a')];
    await again.refund('a', returned);
    await allAgain.refund('a', allReturned);
    await context.faults.pause?.(key);
    async function unanswered<T>(check: (identifier: string, call: { deadlineMs: number }) => Promise<T>) {
      const pending = check('a', { deadlineMs: 5 });
      await context.advance(6);
      return pending;
    }
    const requests = [
      {
        guarded: one,
        async ask() {
          const opened = await unanswered(one.check);
          return () => one.refund('a', opened);
        },
      },
      {
        guarded: released,
        async ask() {
          const opened = await unanswered(released.check);
          return () => released.release('a', opened);
        },
      },
      {
        guarded: refunded,
        async ask() {
          const opened = await unanswered(refunded.check);
          return () => refunded.refund('a', opened);
        },
      },
      {
        guarded: again,
        async ask() {
          await unanswered(again.check);
          // Given back before: nobody is asked.
          return () => again.refund('a', returned);
        },
      },
      {
        guarded: allAgain,
        async ask() {
          await unanswered(allAgain.check);
          return () => allAgain.refund('a', allReturned);
        },
      },
      {
        guarded: unleased,
        async ask() {
          await unanswered(unleased.check);
          // The server charged it, and there is no lease in it that could end.
          return () => unleased.release('a', charged);
        },
      },
    ];
    const told: Health[][] = [];
    for (const { guarded, ask } of requests) {
      const giveBack = await ask();
      await giveBack();
      await (await ask())();
      const opened = guarded.health;
      // A probe is due.
      await context.advance(9);
      await giveBack();
      told.push([opened, guarded.health]);
    }
    // What was given back before takes the probe, and leaves it to the next call.
    const after = requests.map(({ guarded }) =>
      guarded === again || guarded === allAgain ? 'probing' : 'failing',
    );
    expect(told).toEqual(after.map((health) => ['failing', health]));
    await context.faults.resume?.(key);
  });

  it('trap 14: what a layer below answers out of memory says nothing of the server: neither that it is there, nor that it is back', async () => {
    const driver = await context.driver();
    const bare = createRateLimiter(driver, { policy: 'fixed-window 40/30d' });
    const options = { fallback: 'open', deadlineMs: 5000, failures: 2, probeEvery: 8 } as const;
    const layers = {
      cache: cacheDenials(driver, bare, { longest: '1h' }),
      slice: sliceLimiter(driver, bare, { units: 10, lasts: '1h' }),
    };
    for (const [source, layer] of Object.entries(layers)) {
      const limiter = guardLimiter(driver, layer, options);
      // From now on this one is answered out of memory.
      const known = `known to ${source}`;
      if (source === 'cache') await limiter.check(known, { cost: 40 });
      await limiter.check(known);
      const unanswered = async (): Promise<void> => {
        const pending = limiter.check('a', { deadlineMs: 5 });
        await context.advance(6);
        expect((await pending).source).toBe('open');
      };
      await context.faults.pause?.(key);
      await unanswered();
      expect((await limiter.check(known)).source).toBe(source);
      await unanswered();
      expect(limiter.health).toBe('failing');
      // A probe is due, and this is none: the call after it is.
      await context.advance(9);
      expect((await limiter.check(known)).source).toBe(source);
      expect(limiter.health).toBe('probing');
      await unanswered();
      expect(limiter.health).toBe('failing');
      await context.faults.resume?.(key);
      await context.advance(9);
      // A slice that is fetched for a call shows that the server is back.
      expect((await limiter.check(`new to ${source}`)).source).not.toBe('open');
      expect(limiter.health).toBe('serving');
    }
    await layers.slice.close();
  });

  it('trap 14: a probe that ends in a mistake of its call, or is given up, leaves the probe to the next call', async () => {
    const driver = await context.driver();
    const limiter = guardLimiter(driver, createRateLimiter(driver, { policy: '9/h' }), {
      fallback: 'open',
      deadlineMs: 5000,
      failures: 1,
      probeEvery: 60,
    });
    await context.faults.pause?.(key);
    const pending = limiter.check('a', { deadlineMs: 5 });
    await context.advance(6);
    expect((await pending).source).toBe('open');
    await context.faults.resume?.(key);
    await context.advance(61);
    await expect(limiter.check('')).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    const signal = AbortSignal.abort(new Error('gone'));
    await expect(limiter.check('a', { signal })).rejects.toMatchObject({ code: 'ABORTED' });
    expect(limiter.health).toBe('probing');
    expect((await limiter.check('a')).source).toBe('server');
    expect(limiter.health).toBe('serving');
  });
}
