import { rawReply } from '@penknife/core';
import { workerDriver } from '@penknife/matrix/worker';
import { answerParent } from '@penknife/testing';
import { createRateLimiter, createRateLimits, type Policy } from '../src/index.js';

const driver = workerDriver();

/** Calls at the same time, and how many of them were allowed. */
async function crowd(callers: number, call: () => Promise<boolean>): Promise<number> {
  const allowed = await Promise.all(Array.from({ length: callers }, call));
  return allowed.filter(Boolean).length;
}

const acts = {
  /** Asks one limiter. */
  async ask(callers: number, policy: Policy): Promise<number> {
    const limiter = createRateLimiter(driver, { policy });
    // The server knows the script from here on: the crowd does not send its text two thousand times.
    await limiter.peek('hot');
    return crowd(callers, async () => (await limiter.check('hot')).allowed);
  },
  /** Asks several limits: one that every process has for itself, and one for all. */
  async askSeveral(callers: number, own: Policy, everyone: Policy): Promise<number> {
    const limits = createRateLimits(driver, { limits: { own, everyone } });
    const identifiers = { own: String(process.pid), everyone: 'all' };
    await limits.peek(identifiers);
    return crowd(callers, async () => (await limits.check(identifiers)).allowed);
  },
  /** As limiters are written in a hurry: look, then count. */
  async hurry(callers: number, limit: number): Promise<number> {
    const key = 'hurry:{hot}';
    return crowd(callers, async () => {
      const used = Number(await driver.send({ args: ['GET', key], key, read: rawReply }));
      if (used >= limit) return false;
      await driver.send({ args: ['INCR', key], key, read: rawReply });
      return true;
    });
  },
};

/** For the types of the test. */
export type Acts = typeof acts;

answerParent(acts);
