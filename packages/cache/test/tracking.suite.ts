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

    test('trap 19: who may not PUBLISH invalidates all the same, loads, and is heard of by tracking', async () => {
      const credentials = { username: 'mute', password: 'secret' };
      await context.admin(
        ...(['ACL', 'SETUSER', 'mute', 'on', '>secret', '~*', '&*', '+@all', '-publish'] as const),
      );
      const options = { transport: 'tracking', l1LeaseMs: 60_000 } as const;
      const drivers = [await context.driver({ credentials }), await context.driver({ credentials })];
      const [a, b] = [await made<number>(options, drivers[0]), await made<number>(options, drivers[1])];
      expect(await a.getOrSet('x', () => 1)).toBe(1);
      expect(await b.getOrSet('x', () => 2)).toBe(1);
      // It may take a moment until tracking is on, and what happens before is not heard.
      for (let tries = 0; b.peek('x') !== undefined && tries < 40; tries++) {
        expect(await a.remove('x')).toBe(true);
        for (let turns = 0; b.peek('x') !== undefined && turns < 20; turns++) await context.advance(5);
        await a.getOrSet('x', () => 3);
      }
      expect(b.peek('x')).toBeUndefined();
      await a.set('x', 4);
      expect(await b.get('x')).toBe(4);
      await Promise.all([a.close(), b.close()]);
      await Promise.all(drivers.map((driver) => driver.close()));
      await context.admin('ACL', 'DELUSER', 'mute');
    });
  }
}
