import { seededRandom } from '@penknife/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { earlyByMs } from '../src/entry/freshness.js';
import { createGate, createStage, type Stage } from './stage.js';

/** The share of draws that call an entry early with `leftMs` to its end. */
function shareEarly(draw: (fraction: number) => number, leftMs: number): number {
  const random = seededRandom(5);
  const draws = 200_000;
  let early = 0;
  for (let i = 0; i < draws; i++) if (draw(random.fraction()) >= leftMs) early++;
  return early / draws;
}

describe('XFetch', () => {
  it.each([
    [100, 1, 50],
    [100, 1, 200],
    [40, 2.5, 100],
    [1000, 0.5, 1],
  ])(
    'trap 18: a load of %d ms with beta %d is early %d ms before the end as exp(-left / (beta × load))',
    (loadMs, beta, leftMs) => {
      const expected = Math.exp(-leftMs / (beta * loadMs));
      const share = shareEarly((fraction) => earlyByMs(loadMs, beta, fraction), leftMs);
      expect(Math.abs(share - expected)).toBeLessThan(0.01);
    },
  );

  it('trap 18: never infinite, and nothing is early that took no time', () => {
    for (const fraction of [0, 0.5, 1 - 2 ** -53]) {
      expect(earlyByMs(1000, 1, fraction)).toBeGreaterThanOrEqual(0);
      expect(earlyByMs(1000, 1, fraction)).toBeLessThan(40_000);
      expect(earlyByMs(0, 1, fraction)).toBeCloseTo(0);
    }
  });

  it('notices the comparison that was published upside down', () => {
    const upsideDown = (fraction: number): number => -earlyByMs(100, 1, fraction);
    expect(Math.abs(shareEarly(upsideDown, 50) - Math.exp(-0.5))).toBeGreaterThan(0.1);
  });
});

describe('early refresh', () => {
  let stage: Stage;
  beforeEach(() => {
    stage = createStage();
  });
  afterEach(() => stage.close());

  it('serves what is there, loads anew before its end in one process, and nobody waits', async () => {
    const caches = [1, 2, 3].map(() => stage.cache<number>({ ttlMs: 10_000, earlyRefresh: 50 }));
    const gate = createGate<number>();
    const first = caches[0]?.getOrSet('x', () => gate.opened);
    await stage.clock.advance(400);
    gate.open(1);
    expect(await first).toBe(1);
    // Twenty seconds early on the average: every read is early, and all of them are answered at once.
    let runs = 0;
    const slow = createGate<number>();
    const answers = await Promise.all(
      caches.map((cache) =>
        cache.getOrSet('x', () => {
          runs++;
          return slow.opened;
        }),
      ),
    );
    expect(answers).toEqual([1, 1, 1]);
    await stage.clock.advance(1);
    expect(runs).toBe(1);
    slow.open(2);
    await stage.clock.advance(1);
    expect(await caches[1]?.get('x')).toBe(2);
    const refreshes = caches.map((cache) => cache.stats().earlyRefreshes);
    expect(refreshes.reduce((sum, each) => sum + each, 0)).toBeGreaterThanOrEqual(1);
  });

  it('a read that never loads does not refresh', async () => {
    const cache = stage.cache<number>({ ttlMs: 10_000, earlyRefresh: 100, local: false });
    const gate = createGate<number>();
    const first = cache.getOrSet('x', () => gate.opened);
    await stage.clock.advance(400);
    gate.open(1);
    await first;
    expect(await cache.get('x')).toBe(1);
    expect(cache.stats()).toMatchObject({ loads: 1, earlyRefreshes: 0 });
  });
});

describe('wrap', () => {
  let stage: Stage;
  beforeEach(() => {
    stage = createStage();
  });
  afterEach(() => stage.close());

  it('caches a function by its arguments, with tags of them', async () => {
    const cache = stage.cache<string>();
    let runs = 0;
    const greet = cache.wrap(
      (name: string, times: number) => `${name.repeat(times)} ${++runs}`,
      (name, times) => `${name}/${times}`,
      { tags: (name) => [`name:${name}`], ttlMs: 500 },
    );
    expect([await greet('a', 2), await greet('a', 2), await greet('b', 1)]).toEqual(['aa 1', 'aa 1', 'b 2']);
    await cache.removeTags(['name:a']);
    expect(await greet('a', 2)).toBe('aa 3');
    expect(await greet('b', 1)).toBe('b 2');
    await stage.clock.advance(500);
    expect(await greet('b', 1)).toBe('b 4');
  });
});
