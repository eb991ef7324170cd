import type { MatrixContext } from '@penknife/matrix';
import { expect } from 'vitest';
import { cacheKeys } from '../src/index.js';
import { createCases } from './cases.js';

/** What becomes of a loader's failure, on whatever the context runs on. */
export function failuresSuite(context: MatrixContext): void {
  const { made, test } = createCases(context);

  test('trap 12: what the loader throws reaches every caller; others hear what failed; then it is forgotten', async () => {
    const [a, b] = [await made({ errorTtlMs: 60_000 }), await made({ errorTtlMs: 40 })];
    let runs = 0;
    const failing = () => {
      runs++;
      throw new TypeError('origin is down');
    };
    const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => a.getOrSet('x', failing)));
    expect(outcomes.every(({ status }) => status === 'rejected')).toBe(true);
    expect(outcomes.map((outcome) => (outcome as PromiseRejectedResult).reason.message)).toContain(
      'origin is down',
    );
    await expect(b.getOrSet('x', failing)).rejects.toMatchObject({
      code: 'LOAD_FAILED',
      message: 'the loader failed before: TypeError: origin is down',
    });
    expect(runs).toBe(1);
    await expect(b.getOrSet('y', failing)).rejects.toThrow('origin is down');
    await context.advance(80);
    expect(await b.getOrSet('y', () => 1)).toBe(1);
    // An invalidation forgets the failure too.
    await b.remove('x');
    expect(await b.getOrSet('x', () => 1)).toBe(1);
  });

  test('failures in a row are remembered for twice as long each, whichever process meets them', async () => {
    const options = { errorTtlMs: 20_000, maxErrorTtlMs: 50_000 };
    const [a, b] = [await made<number>(options), await made<number>(options)];
    const lease = cacheKeys.in('pk').lease(['default', 'x']);
    /** What is remembered is over, as if its time had passed. */
    const passed = async (): Promise<void> => {
      const [kind, origin, position, token, failures, , ...what] = String(
        await context.admin('GET', lease),
      ).split(' ');
      const over = [kind, origin, position, token, failures, '1', ...what].join(' ');
      await context.admin('SET', lease, over, 'PX', 60_000);
    };
    const failing = () => Promise.reject(new Error('down'));
    for (const [i, [cache, atLeastMs]] of (
      [
        [a, 0],
        [b, 20_000],
        [a, 40_000],
        [b, 40_000],
      ] as const
    ).entries()) {
      await expect(cache.getOrSet('x', failing)).rejects.toThrow('down');
      const { failure } = await cache.explain('x');
      expect(failure?.inARow).toBe(i + 1);
      expect(failure?.leftMs).toBeGreaterThan(atLeastMs);
      expect(failure?.leftMs).toBeLessThanOrEqual(i === 0 ? 20_000 : 50_000);
      await expect((cache === a ? b : a).getOrSet('x', failing)).rejects.toMatchObject({
        code: 'LOAD_FAILED',
      });
      await passed();
    }
    expect(await a.getOrSet('x', () => 1)).toBe(1);
    await b.remove('x');
    await expect(b.getOrSet('x', failing)).rejects.toThrow('down');
    expect((await a.explain('x')).failure?.inARow).toBe(1);
  });
}
