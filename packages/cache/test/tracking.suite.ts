import type { MatrixContext } from '@penknife/matrix';
import { expect } from 'vitest';
import { cacheKeys } from '../src/index.js';
import { createCases } from './cases.js';

/** The second way on which invalidations are heard of, on whatever the context runs on. */
export function trackingSuite(context: MatrixContext): void {
  const { made, test } = createCases(context);

  if (context.column.topology === 'cluster') {
    test('trap 19: on a cluster CLIENT TRACKING is refused: its primaries come and go, and each would have to be asked', async () => {
      await expect(made<number>({ transport: 'tracking' })).rejects.toMatchObject({ code: 'UNSUPPORTED' });
    });
  } else {
    test('trap 19: CLIENT TRACKING tells of invalidations, of a lost record and of a flush, also after a cut', async () => {
      // The log is asked every half minute: what is heard in between is heard by tracking alone.
      const options = { transport: 'tracking', l1LeaseMs: 60_000 } as const;
      const [a, b] = [await made<number>(options), await made<number>(options)];
      const forgets = async (what: string, act: () => Promise<unknown>): Promise<void> => {
        // It may take a moment until tracking is on, and what happens before is not heard.
        for (let tries = 0; tries < 40; tries++) {
          await b.getOrSet('x', () => tries);
          await act();
          for (let turns = 0; b.peek('x') !== undefined && turns < 20; turns++) await context.advance(5);
          if (b.peek('x') === undefined) return;
        }
        throw new Error(`it never heard of ${what}`);
      };
      await forgets('a removal', () => a.remove('x'));
      await forgets('a tag', async () => {
        await b.set('x', 1, { tags: ['t'] });
        await b.get('x');
        await a.removeTags(['t']);
      });
      await forgets('a lost record', () => context.admin('DEL', cacheKeys.in('pk').record('default')));
      await forgets('a flush', () => context.admin('FLUSHALL'));
      await context.faults.cutConnections?.();
      await forgets('a removal after a cut', () => a.remove('x').catch(() => undefined));
    });
  }
}
