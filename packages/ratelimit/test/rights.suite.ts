import { readFileSync } from 'node:fs';
import { type Driver, isServerError } from '@penknife/core';
import type { MatrixContext } from '@penknife/matrix';
import { expect } from 'vitest';
import { createRateLimiter, createRateLimits, type Policy } from '../src/index.js';
import { tracedAlgorithms } from './rules/steps.js';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
/** The rights of the README's own line, and what clients ask for when they connect. */
const rights = [...(/ACL: `([^`]+)`/.exec(readme)?.[1] ?? '').split(' '), '+@connection', '+info'];

/** A user that may do what the README names, and nothing else. */
export function rightsSuite(context: MatrixContext): void {
  const single = context.where(
    !context.column.memory && context.column.topology === 'single',
    'users are made on one server',
  );

  async function withRights(given: readonly string[], run: (driver: Driver) => Promise<void>): Promise<void> {
    await context.admin('ACL', 'SETUSER', 'plain', 'reset', 'on', '>secret', ...given);
    await run(await context.driver({ credentials: { username: 'plain', password: 'secret' } }));
    await context.admin('ACL', 'DELUSER', 'plain');
  }

  single('the rights that the README names are enough for everything a limiter does', async () => {
    await withRights(rights, async (driver) => {
      for (const algorithm of tracedAlgorithms) {
        const policy = (algorithm === 'concurrency' ? 'concurrency 3' : `${algorithm} 3/h`) as Policy;
        const limiter = createRateLimiter(driver, { name: algorithm, policy });
        const taken = await limiter.check('a');
        await limiter.check('a', { cost: 2 });
        expect(await limiter.check('a')).toMatchObject({ allowed: false });
        await limiter.peek('a');
        if (algorithm === 'concurrency') expect(await limiter.extend('a', taken)).toBe(true);
        else await limiter.changePolicy('a', { from: policy, to: policy, carry: 'scale' });
        await limiter.refund('a', taken);
        expect(await limiter.reset('a')).toBe(true);
      }
      const waiting = createRateLimiter(driver, { name: 'w', policy: '100/s burst 1', longestWait: '1s' });
      await waiting.wait('a');
      await waiting.wait('a');
      const reserving = createRateLimiter(driver, { name: 'r', policy: '10/h', reservations: '1m' });
      await (await reserving.reserve('a', { cost: 4 })).settle(2);
      const punishing = createRateLimiter(driver, {
        name: 'p',
        policy: '1/h',
        penalty: { ladder: ['1m'], after: 1 },
      });
      await punishing.check('a');
      await punishing.check('a');
      expect(await punishing.check('a')).toMatchObject({ reason: 'blocked' });
      await punishing.block('a', 0);
      const several = createRateLimits(driver, { limits: { log: 'sliding-window-log 3/h', user: '3/h' } });
      await several.refund('a', await several.check('a'));
      await createRateLimits(driver, { limits: { second: '3/s', hour: '9/h' } }).check('a');
    });
  });

  single('a right less, and a limiter is refused', async () => {
    await withRights([...rights, '-set'], async (driver) => {
      const limiter = createRateLimiter(driver, { policy: '3/h' });
      // Within a script servers say it in different words.
      await expect(limiter.check('a')).rejects.toSatisfy(isServerError);
    });
  });
}
