import type { Command, Driver } from '@penknife/core';
import { createMemoryRedis, type MemoryRedis } from '@penknife/driver-memory';
import {
  editedScript,
  faultKinds,
  type SimulationEvent,
  type SimulationReport,
  simulate,
} from '@penknife/testing';
import { expect, it } from 'vitest';
import { cacheKeys, createCache, LoadTimeoutError } from '../src/index.js';

const seeds = process.env.PENKNIFE_TIER === 'full' ? 2000 : 50;
const l1LeaseMs = 200;

/**
 * What the server loses: nothing; records, entries and leases, evicted one by one or flushed; or, as it restarts or a
 * replica takes over, its last writes.
 */
type Losses = 'nothing' | 'records' | 'writes';

/** The keys of the one cache, entry and tag of the schedules. */
const keysOf = cacheKeys.in('pk');
const lostKeys = [
  keysOf.tag('c', 't'),
  keysOf.record('c'),
  keysOf.log('c'),
  keysOf.lease(['c', 'key']),
  keysOf.entry(['c', 'key']),
  keysOf.members('c'),
];

/**
 * Reads that gave less than what was invalidated before they began: by the same process, or longer ago than the lease of a
 * local copy. Of what was invalidated before writes were lost nothing is promised.
 */
function staleReads(events: readonly SimulationEvent[]): string[] {
  const found: string[] = [];
  const known: { readonly by: string; readonly version: number; readonly atMs: number }[] = [];
  const begun = new Map<unknown, SimulationEvent & { readonly floor: number }>();
  for (const event of events) {
    const { type, process, life, atMs } = event;
    const by = `${process}/${life}`;
    if (type === 'lost-writes') known.length = 0;
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
    /** How often the server lost its last writes. */
    losses: 0,
    current: 0,
    store(id: number): void {
      versions.set(id, versions.size);
      this.current = id;
    },
    versionOf: (id: number): number => versions.get(id) ?? -1,
  };
}

function run(many: number, losses: Losses, dress?: (driver: Driver) => Driver): Promise<SimulationReport> {
  let redis: MemoryRedis | undefined;
  return simulate({
    engine({ clock }) {
      redis = createMemoryRedis({ clock, seed: 1, ...(losses === 'writes' && { replica: {} }) });
      return redis;
    },
    seeds: many,
    processes: 3,
    // A bug that was planted needs no short story.
    shrinkRuns: dress === undefined ? 100 : 0,
    faults: { kinds: faultKinds, longestMs: 5000 },
    setup: ({ driver: admin }) => ({ ...createDatabase(), admin }),
    async scenario({ driver, clock, pick, record }, database) {
      const lose = async (): Promise<void> => {
        if (losses === 'writes') {
          database.losses++;
          redis?.failover?.({ lose: pick([2, 5, 9, 14, 30]) });
          record('lost-writes');
        } else {
          const key = pick([...lostKeys, 'all']);
          const args = key === 'all' ? (['FLUSHALL'] as const) : (['DEL', key] as const);
          await database.admin.send({ args, read: String });
          record('lost');
        }
      };
      const cache = createCache<number>(dress?.(driver) ?? driver, {
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
        const acting = ['read', 'read', 'read', 'read', 'write', 'write-through'];
        const what = turn === 4 ? 'read' : pick(losses === 'nothing' ? acting : [...acting, 'lose']);
        const before = database.losses;
        if (what === 'lose') await lose();
        else if (what === 'read') {
          const read = database.reads++;
          record('reading', { read });
          try {
            const version = database.versionOf(await pick(reads)());
            // In the middle of it writes were lost: it may have seen those of before, and of after.
            if (database.losses === before) record('read', { read, version });
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
          if (database.losses === before) record('invalidated', { version: database.versionOf(id) });
        }
        await clock.sleep(turn === 3 ? 300 : pick([0, 10, 50]));
      }
      await cache.close();
    },
    check: ({ events }) => staleReads(events),
  });
}

it('trap 1, in every order and under every fault: no read is older than an invalidation before it', async () => {
  const { events } = await run(seeds, 'nothing');
  expect(events.read).toBeGreaterThan(seeds * 3);
  expect(events.invalidated).toBeGreaterThan(seeds);
}, 600_000);

it('trap 6, whatever record, entry or lease is lost: what is missing means a miss, never an older value', async () => {
  const { events } = await run(seeds / 2, 'records');
  expect(events.lost).toBeGreaterThan(seeds / 4);
  expect(events.invalidated).toBeGreaterThan(seeds / 2);
}, 600_000);

it('after a server lost its last writes, what is invalidated from then on is', async () => {
  const { events } = await run(seeds / 2, 'writes');
  expect(events['lost-writes']).toBeGreaterThan(seeds / 4);
  expect(events.invalidated).toBeGreaterThan(seeds / 4);
}, 600_000);

/** Changes every script on its way to the server. */
const edited =
  (edit: <T>(command: Command<T>) => Command<T>) =>
  (driver: Driver): Driver => ({ ...driver, send: (command, call) => driver.send(edit(command), call) });

it.each(['nothing', 'records', 'writes'] as const)(
  'where the server loses %s, notices an invalidation that leaves the entry and its lease where they are',
  async (losses) => {
    const idle = <T>(command: Command<T>): Command<T> => {
      const { script, args, ...rest } = command;
      if (script?.name !== 'cache/overrule') return command;
      return { ...rest, args: ['EVAL', 'return 1', ...args.slice(2)] };
    };
    await expect(run(400, losses, edited(idle))).rejects.toThrow(/had been made known/);
  },
  60_000,
);

it.each([
  [
    'records',
    'a record that was lost is made anew under the origin it had',
    '{ origin = origin, position = 0',
    "{ origin = 'AAAAAAAA', position = 0",
  ],
  [
    'writes',
    'a record that is behind what its caller knows is taken as it is',
    'tonumber(position) >= tonumber(knownPosition)',
    'true',
  ],
] as const)(
  'where the server loses %s, notices that %s',
  async (losses, _what, right, wrong) => {
    const blind = <T>(command: Command<T>): Command<T> =>
      editedScript(command, (lua) => lua.replace(right, wrong));
    await expect(run(400, losses, edited(blind))).rejects.toThrow(
      // Mostly such a record is refused before it does harm.
      /had been made known|no tags to keep/,
    );
  },
  60_000,
);
