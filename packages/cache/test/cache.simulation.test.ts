import type { Command, Driver } from '@penknife/core';
import { createMemoryRedis } from '@penknife/driver-memory';
import { faultKinds, type SimulationEvent, type SimulationReport, simulate } from '@penknife/testing';
import { expect, it } from 'vitest';
import { createCache, LoadTimeoutError } from '../src/index.js';

const seeds = process.env.PENKNIFE_TIER === 'full' ? 2000 : 50;
const l1LeaseMs = 200;

/**
 * Reads that gave less than what was invalidated before they began: by the same process, or longer ago than the lease of a
 * local copy.
 */
function staleReads(events: readonly SimulationEvent[]): string[] {
  const found: string[] = [];
  const known: { readonly by: string; readonly version: number; readonly atMs: number }[] = [];
  const begun = new Map<unknown, SimulationEvent & { readonly floor: number }>();
  for (const event of events) {
    const { type, process, life, atMs } = event;
    const by = `${process}/${life}`;
    if (type === 'invalidated') known.push({ by, version: event.version as number, atMs });
    if (type === 'reading') {
      const counting = known.filter((each) => each.by === by || each.atMs < atMs - l1LeaseMs);
      begun.set(event.read, { ...event, floor: Math.max(0, ...counting.map(({ version }) => version)) });
    }
    const floor = begun.get(event.read)?.floor ?? 0;
    if (type === 'read' && (event.version as number) < floor)
      found.push(`${by} read version ${event.version}, and ${floor} had been made known`);
  }
  return found;
}

/** Where values belong: the last one stored, and the order in which they were. */
function createDatabase() {
  const versions = new Map([[0, 0]]);
  return {
    ids: 0,
    reads: 0,
    current: 0,
    store(id: number): void {
      versions.set(id, versions.size);
      this.current = id;
    },
    versionOf: (id: number): number => versions.get(id) ?? -1,
  };
}

function run(
  many: number,
  dress: (driver: Driver) => Driver = (driver) => driver,
): Promise<SimulationReport> {
  return simulate({
    engine: ({ clock }) => createMemoryRedis({ clock, seed: 1 }),
    seeds: many,
    processes: 3,
    shrinkRuns: 100,
    faults: { kinds: faultKinds, longestMs: 5000 },
    setup: createDatabase,
    async scenario({ driver, clock, pick, record }, database) {
      const cache = createCache<number>(dress(driver), {
        name: 'c',
        ttlMs: 60_000,
        l1LeaseMs,
        leaseMs: 1000,
        // By default a process that cannot reach Redis serves what it has.
        whenUnavailable: 'load',
      });
      const tags = ['t'];
      const load = async (): Promise<number> => {
        const { current } = database;
        await clock.sleep(pick([0, 10, 40]));
        return current;
      };
      const reads = [
        () => cache.getOrSet('key', load, { tags }),
        async () => {
          const loadAll = async ({ keys }: { readonly keys: readonly string[] }) => {
            const id = await load();
            return keys.map((key) => [key, id] as const);
          };
          const { values, failures } = await cache.getOrSetMany(['key', 'other'], loadAll, { tags });
          if (failures.has('key')) throw failures.get('key');
          return values.get('key') as number;
        },
      ];
      const acts = [
        () => cache.remove('key'),
        () => cache.remove('key'),
        () => cache.expire('key'),
        () => cache.invalidate({ keys: ['key', 'other'] }),
        () => cache.removeTags(tags),
        () => cache.clear(),
      ];
      for (let turn = 0; turn < 5; turn++) {
        const what = turn === 4 ? 'read' : pick(['read', 'read', 'read', 'read', 'write', 'write-through']);
        if (what === 'read') {
          const read = database.reads++;
          record('reading', { read });
          try {
            record('read', { read, version: database.versionOf(await pick(reads)()) });
          } catch (error) {
            // Who stood still for longer than a load may take.
            if (!(error instanceof LoadTimeoutError)) throw error;
          }
        } else {
          const id = ++database.ids;
          if (what === 'write') {
            database.store(id);
            await pick(acts)();
          } else {
            const write = async (): Promise<void> => {
              await clock.sleep(pick([0, 10, 40]));
              database.store(id);
            };
            await cache.writeThrough('key', id, write, { tags });
          }
          record('invalidated', { version: database.versionOf(id) });
        }
        await clock.sleep(turn === 3 ? 300 : pick([0, 10, 50]));
      }
      await cache.close();
    },
    check: ({ events }) => staleReads(events),
  });
}

it('trap 1, in every order and under every fault: no read is older than an invalidation before it', async () => {
  const { events } = await run(seeds);
  expect(events.read).toBeGreaterThan(seeds * 3);
  expect(events.invalidated).toBeGreaterThan(seeds);
}, 600_000);

it('notices an invalidation that leaves the entry and its lease where they are', async () => {
  const idle = <T>(command: Command<T>): Command<T> => {
    const { script, args, ...rest } = command;
    if (script?.name !== 'cache/overrule') return command;
    return { ...rest, args: ['EVAL', 'return 1', ...args.slice(2)] };
  };
  const buggy = run(200, (driver) => ({
    ...driver,
    send: (command, call) => driver.send(idle(command), call),
  }));
  await expect(buggy).rejects.toThrow(/had been made known/);
});
