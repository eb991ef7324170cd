import type { Clock, Driver } from '@penknife/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Cache } from '../src/index.js';
import { createGate, createStage, type Stage } from './stage.js';

let stage: Stage;
beforeEach(() => {
  stage = createStage();
});
afterEach(() => stage.close());

/** Lets what is under way in the background come to its end. */
const settle = (): Promise<void> => stage.clock.advance(0);

describe('the age of an entry', () => {
  it('trap 3: age counts from before the load', async () => {
    const cache = stage.cache<number>({ ttlMs: 1000, local: false });
    const gate = createGate<number>();
    const loading = cache.getOrSet('x', () => gate.opened);
    await stage.clock.advance(700);
    gate.open(1);
    expect(await loading).toBe(1);
    expect(await cache.get('x')).toBe(1);
    expect(await cache.explain('x')).toMatchObject({ redis: { ageMs: 700, leftMs: 300, loadMs: 700 } });
    await stage.clock.advance(300);
    expect(await cache.get('x')).toBeUndefined();
  });

  it.each(['stale', 'early'] as const)(
    'trap 3: what is loaded anew in the background (%s) is as old as its load, too',
    async (why) => {
      const freshness =
        why === 'stale' ? { staleWhileRevalidateMs: 5000, earlyRefresh: 0 } : { earlyRefresh: 100 };
      const cache = stage.cache<number>({ ttlMs: 10_000, local: false, ...freshness });
      const first = createGate<number>();
      const loading = cache.getOrSet('x', () => first.opened);
      await stage.clock.advance(400);
      first.open(1);
      expect(await loading).toBe(1);
      if (why === 'stale') await stage.clock.advance(9600);
      const gate = createGate<number>();
      // Forty seconds early on the average, of ten: nearly every read is.
      const { loads } = cache.stats();
      for (let reads = 0; cache.stats().loads === loads && reads < 50; reads++) {
        expect(await cache.getOrSet('x', () => gate.opened)).toBe(1);
        await settle();
      }
      await stage.clock.advance(700);
      gate.open(2);
      await settle();
      expect((await cache.explain('x')).redis).toMatchObject({ ageMs: 700, ttlMs: 10_000, loadMs: 700 });
      await stage.clock.advance(9299);
      expect(await cache.read('x')).toEqual({ grade: 'fresh', value: 2 });
      await stage.clock.advance(1);
      expect((await cache.read('x'))?.grade).toBe(why === 'stale' ? 'stale' : undefined);
    },
  );

  /** A process with a wall clock and a monotonic one of its own. `trusting`: it takes its own wall clock for the server's. */
  function skewed(skewMs: number, trusting: boolean): Driver {
    const inner = stage.redis.driver();
    const clock: Clock = {
      now: () => inner.clock.now() + skewMs,
      monotonic: () => inner.clock.monotonic() + Math.abs(skewMs) / 7,
      timer: (delayMs, listener) => inner.clock.timer(delayMs, listener),
      sleep: (delayMs, signal) => inner.clock.sleep(delayMs, signal),
    };
    return {
      ...inner,
      clock,
      async send(command, call) {
        const answer = await inner.send(command, call);
        const asked = trusting && command.script?.name === 'cache/catch-up';
        return asked ? ({ ...answer, serverMs: clock.now() } as typeof answer) : answer;
      },
    };
  }

  /** What processes with clocks an hour fast and an hour slow see of each other's entries: just before their end, and at it. */
  async function seenUnderSkew(trusting: boolean): Promise<unknown[]> {
    const hourMs = 3_600_000;
    const [fast, slow] = [skewed(hourMs, trusting), skewed(-hourMs, trusting)].map((driver) =>
      stage.cache<number>({ ttlMs: 1000, name: `skewed-${trusting}` }, driver),
    ) as [Cache<number>, Cache<number>];
    await fast.getOrSet('x', () => 1);
    await slow.getOrSet('y', () => 2);
    await stage.clock.advance(999);
    const before = [await slow.get('x'), await fast.get('y'), await fast.get('x'), await slow.get('y')];
    const { redis } = await slow.explain('x');
    await stage.clock.advance(1);
    return [
      ...before,
      redis?.ageMs,
      slow.peek('x'),
      fast.peek('y'),
      await slow.get('x'),
      await fast.get('y'),
    ];
  }

  it('trap 8: the clocks of processes decide nothing: an hour fast and an hour slow see the same', async () => {
    const none = undefined;
    expect(await seenUnderSkew(false)).toEqual([1, 2, 1, 2, 999, none, none, none, none]);
    // Processes that take their own clocks for the server's would be noticed.
    expect(await seenUnderSkew(true)).not.toEqual([1, 2, 1, 2, 999, none, none, none, none]);
  });
});
