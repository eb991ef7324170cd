import { type Column, columns, overMatrix } from '@penknife/matrix';
import { expect, it } from 'vitest';
import { type Cache, cacheKeys, createCache } from '../src/index.js';

// A second and more of real waiting: one client here, both and five seconds in the full tier. On a cluster a replica would
// take over meanwhile.
const full = process.env.PENKNIFE_TIER === 'full';
const stoppedMs = full ? 5000 : 1200;
const chosen: readonly Column[] = columns.filter(
  ({ memory, client, topology }) => !memory && topology === 'single' && (full || client === 'ioredis'),
);

overMatrix(
  'cache while Redis stands still',
  (context) => {
    it(`trap 11: Redis stopped for ${stoppedMs} ms: every call ends meanwhile, both tiers go on serving, recovery replays`, async () => {
      const options = {
        ttlMs: 600_000,
        jitter: 0,
        earlyRefresh: 0,
        deadlineMs: 200,
        unavailableMs: 200,
        l1LeaseMs: 400,
      };
      const caches = [
        createCache<number>(await context.driver(), options),
        createCache<number>(await context.driver(), { ...options, whenUnavailable: 'reject' }),
      ] as const;
      const [serving, strict] = caches;
      let loads = 0;
      const load = (): number => {
        loads++;
        return 7;
      };
      // Deadlines are short, and the machine may stand still for longer: until Redis has it.
      const stored = (cache: Cache<number>, key: string, times = {}): Promise<void> =>
        insist(context, async () => {
          await cache.getOrSet(key, () => 1, times);
          if ((await cache.explain(key)).redis === null) throw new Error(`${key} is not stored`);
        });
      for (const key of ['x', 'y']) for (const cache of caches) await stored(cache, key);
      await stored(serving, 'stale', { ttlMs: 1, staleIfErrorMs: 60_000 });
      const before = serving.stats();

      const record = cacheKeys.in('pk').record('default');
      await context.faults.pause?.(record);
      const { monotonic } = context.clock;
      const stopped = monotonic();
      const under = new Set<string>();
      const outcomes = new Map<string, Set<string>>();
      let calls = 0;
      const call = (name: string, run: () => Promise<unknown>): void => {
        const id = `${name} ${calls++}`;
        under.add(id);
        const tell = (outcome: string): void => {
          outcomes.set(name, (outcomes.get(name) ?? new Set()).add(outcome));
          under.delete(id);
        };
        run().then(
          (value) => tell(JSON.stringify(value)),
          (error) => tell(String(error.code ?? error)),
        );
      };
      for (let turn = 0; monotonic() - stopped < stoppedMs; turn++) {
        call('known', () => serving.getOrSet('x', load));
        call('get', () => serving.get('y'));
        call('unknown', () => serving.getOrSet(`new ${turn}`, load));
        call('stale', () => serving.getOrSet('stale', () => Promise.reject(new Error('down'))));
        call('many', async () => [...(await serving.getMany(['x', 'y'])).values.values()]);
        call('strict', () => strict.getOrSet('unknown', load));
        call('set', () => serving.set('z', 1));
        call('remove', () => strict.remove('z'));
        call('tags', () => serving.removeTags(['t'], { everywhere: true }));
        call('explain', () => serving.explain('x'));
        await context.advance(40);
      }
      // What has begun ends, though the server does not answer: a call that hangs would hang here.
      for (let turns = 0; under.size > 0 && turns < 400; turns++) await context.advance(25);
      expect([...under]).toEqual([]);
      const of = (name: string): string[] => [...(outcomes.get(name) ?? [])].sort();
      expect([of('known'), of('get'), of('unknown'), of('stale'), of('many')]).toEqual([
        ['1'],
        ['1'],
        ['7'],
        ['1'],
        ['[1,1]'],
      ]);
      for (const name of ['strict', 'set', 'remove', 'tags', 'explain']) {
        expect(of(name).every((code) => code === 'DEADLINE' || code === 'CONNECTION')).toBe(true);
      }
      expect(serving.stats().stale.unavailable).toBeGreaterThan(0);
      const after = serving.stats();
      expect(loads).toBe(after.loads - before.loads - (after.loadFailures - before.loadFailures));

      await context.faults.resume?.(record);
      await insist(context, () => strict.remove('x'));
      const again = async (cache: Cache<number>): Promise<boolean> =>
        (await cache.getOrSet('x', () => 2)) === 2;
      await insist(context, async () => {
        if (!(await again(serving))) throw new Error('it still serves what was removed');
      });
      // What nobody invalidated is still there, and was not loaded again.
      expect(await serving.getOrSet('y', load)).toBe(1);
      await Promise.all(caches.map((cache) => cache.close()));
    }, 60_000);
  },
  { keys: cacheKeys, columns: chosen, slowLog: false },
);

async function insist(
  context: { advance(ms: number): Promise<void> },
  act: () => Promise<unknown>,
): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      await act();
      return;
    } catch (error) {
      if (tries === 200) throw error;
      await context.advance(25);
    }
  }
}
