import { createManualClock } from '@penknife/core';
import { createMemoryDriver } from '@penknife/driver-memory';
import { describe, expect, it } from 'vitest';
import { cacheDenials, createRateLimiter, sliceLimiter } from '../../src/index.js';

describe('trap 16: what a process keeps of identifiers is bounded', () => {
  it('denials: those asked for longest ago are asked for again', async () => {
    const driver = createMemoryDriver({ clock: createManualClock() });
    const limiter = createRateLimiter(driver, { policy: '1/h' });
    const cached = cacheDenials(driver, limiter, { maxIdentifiers: 2, longest: '1h' });
    const source = async (identifier: string): Promise<string> => (await cached.check(identifier)).source;
    for (const identifier of ['a', 'b', 'c']) {
      await cached.check(identifier);
      expect(await source(identifier)).toBe('server');
    }
    expect(await source('b')).toBe('cache');
    expect(await source('c')).toBe('cache');
    expect(await source('a')).toBe('server');
    // Kept now, in the place of the one asked for longest ago.
    expect([await source('a'), await source('c'), await source('b')]).toEqual(['cache', 'cache', 'server']);
    await driver.close();
  });

  it('slices: one that has to go gives back what is left of it', async () => {
    const driver = createMemoryDriver({ clock: createManualClock() });
    const limiter = createRateLimiter(driver, { policy: 'fixed-window 100/30d' });
    const sliced = sliceLimiter(driver, limiter, { units: 20, lasts: '1h', maxIdentifiers: 1 });
    await sliced.check('a');
    expect((await limiter.peek('a')).remaining).toBe(80);
    await sliced.check('b');
    expect((await limiter.peek('a')).remaining).toBe(99);
    expect((await limiter.peek('b')).remaining).toBe(80);
    await sliced.close();
    expect((await limiter.peek('b')).remaining).toBe(99);
    await driver.close();
  });
});
