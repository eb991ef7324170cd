import { ConnectionError, createManualClock } from '@penknife/core';
import { createMemoryDriver } from '@penknife/driver-memory';
import { describe, expect, it } from 'vitest';
import { createLocalLimiter, createRateLimiter, guardLimiter } from '../../src/index.js';

describe('a limiter of this process', () => {
  it('decides by the same rules: denied, refunded, recovered, reset', async () => {
    const clock = createManualClock();
    const limiter = createLocalLimiter({ clock }, { policy: 'sliding-window-log 2/s' });
    const first = await limiter.check('a');
    expect(first).toMatchObject({ allowed: true, source: 'local', remaining: 1 });
    expect((await limiter.check('a', { cost: 2 })).allowed).toBe(false);
    expect((await limiter.peek('a')).remaining).toBe(1);
    expect(await limiter.refund('a', first)).toBe(1);
    expect((await limiter.check('a', { cost: 2 })).allowed).toBe(true);
    await clock.advance(1000);
    expect((await limiter.check('a', { cost: 2 })).allowed).toBe(true);
    expect(await limiter.reset('a')).toBe(true);
    await expect(limiter.check('')).rejects.toThrow(/identifier must/);
    await expect(limiter.check('a', { policy: '1/s' })).rejects.toThrow(/keep the algorithm/);
  });

  it('trap 16: keeps no more identifiers than it may, those used last', async () => {
    const limiter = createLocalLimiter({ clock: createManualClock() }, { policy: '1/h', maxIdentifiers: 2 });
    await limiter.check('a');
    await limiter.check('b');
    await limiter.peek('a');
    await limiter.check('c');
    expect((await limiter.check('a')).allowed).toBe(false);
    expect((await limiter.check('b')).allowed).toBe(true);
  });

  it('a refund is worth what the policy of its check made it', async () => {
    const limiter = createLocalLimiter({ clock: createManualClock() }, { policy: '10/h' });
    await limiter.check('a', { cost: 300, policy: '1000/h' });
    const charged = await limiter.check('a', { cost: 5, policy: '1000/h' });
    expect(await limiter.refund('a', charged)).toBe(5);
    expect(await limiter.refund('a', charged)).toBe(0);
    expect((await limiter.peek('a', { policy: '1000/h' })).remaining).toBe(700);
  });

  it('is an instance’s share of the limit behind a guard', async () => {
    const driver = createMemoryDriver();
    const whole = createRateLimiter(driver, { policy: '12/h' });
    await driver.close();
    const options = { fallback: 'local', instances: 4, failures: 1 } as const;
    const refused = { ...whole, check: () => Promise.reject(new ConnectionError('gone', { sent: 'no' })) };
    const limiter = guardLimiter({ clock: createManualClock() }, refused, options);
    const allowed: boolean[] = [];
    for (let i = 0; i < 5; i++) allowed.push((await limiter.check('a')).allowed);
    expect(allowed).toEqual([true, true, true, false, false]);
  });
});
