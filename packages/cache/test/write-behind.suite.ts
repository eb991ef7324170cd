import type { Driver } from '@penknife/core';
import type { MatrixContext } from '@penknife/matrix';
import { createStreams, defineStream } from '@penknife/streams';
import { expect } from 'vitest';
import { type Cache, cacheKeys, type UnstoredWrite, writeLogSchema } from '../src/index.js';
import { createCases } from './cases.js';
import { createGate } from './stage.js';

const writes = defineStream('writes', { schema: writeLogSchema, retention: 'forever' });
const split = defineStream('split', { schema: writeLogSchema, retention: 'forever', partitions: 3 });
/** Looks soon, and tries again soon. */
const quick = { poll: '50ms', retry: { failures: 1000, base: 5, max: 20, jitter: 'none' } } as const;

/** Writing behind, with a stream as the log, on whatever the context runs on. */
export function writeBehindSuite(context: MatrixContext): void {
  const { made, closing, until, test } = createCases(context);

  /** One process: a cache and the log, on a driver of its own. */
  async function started<V>(dress: (driver: Driver) => Driver = (driver) => driver) {
    const driver = await context.driver();
    const streams = createStreams(driver);
    closing(streams);
    const cache = await made<V>({}, dress(driver));
    return {
      driver,
      cache,
      log: streams.open(writes),
      behind: cache.writeBehind(streams.open(writes)),
      streams,
    };
  }

  /** A source that remembers what was stored, and in which order. */
  function source<V>() {
    const rows = new Map<string, V>();
    const stored: string[] = [];
    const store = ({ key, value }: UnstoredWrite<V>): void => {
      rows.set(key, value);
      stored.push(`${key}=${value}`);
    };
    return { rows, stored, store, load: (key: string) => async (): Promise<V> => rows.get(key) as V };
  }

  /** As if the leases of all that is under way in a group had passed. Gives how many there were. */
  async function leasesPass(group: string): Promise<number> {
    const log = 'pk:st1:log:{writes}';
    const pending = (await context.admin('XPENDING', log, group, '-', '+', 100)) as [string, string][];
    for (const [id, owner] of pending)
      await context.admin('XCLAIM', log, group, owner, 0, id, 'IDLE', 3_600_000, 'JUSTID');
    return pending.length;
  }

  /** The entry and all copies are gone; what is left of a write is in the log, and with the readers. */
  const forget = (cache: Cache<never>): Promise<unknown> => cache.clear({ everywhere: true });

  test('a write is read by every process at once, whatever becomes of the entry, and stored later', async () => {
    const [a, b] = [await started<string>(), await started<string>()];
    const { rows, stored, store, load } = source<string>();
    rows.set('x', 'old');
    expect(await b.cache.getOrSet('x', load('x'))).toBe('old');
    await a.behind.write('x', 'new', { tags: ['t'] });
    await until('the other was told', () => b.cache.peek('x') === undefined);
    expect(await b.cache.getOrSet('x', load('x'))).toBe('new');
    for (const act of ['remove', 'expire', 'clear', 'tags'] as const) {
      if (act === 'tags') await a.cache.removeTags(['t']);
      else if (act === 'clear') await a.cache.clear();
      else await a.cache[act]('x');
      expect(await a.cache.getOrSet('x', load('x'))).toBe('new');
    }
    expect([stored, a.cache.stats().loads]).toEqual([[], 0]);
    expect((await a.cache.explain('x')).unstored?.agoMs).toBeGreaterThanOrEqual(0);
    b.behind.store('g', store, quick);
    await until('it is stored', () => stored.length > 0);
    await until('the log is empty', () => rows.get('x') === 'new');
    expect(stored).toEqual(['x=new']);
    await forget(a.cache as Cache<never>);
    await until('it is settled', async () => (await a.cache.explain('x')).unstored === null);
    rows.set('x', 'newer');
    expect(await a.cache.getOrSet('x', load('x'))).toBe('newer');
  });

  test('a crash between the acknowledged writes and the store loses nothing', async () => {
    const [writer, reader] = [await started<number>(), await started<number>()];
    const { rows, stored, store, load } = source<number>();
    const keys = Array.from({ length: 20 }, (_, i) => `k${i}`);
    for (const key of keys) rows.set(key, -1);
    for (const [i, key] of keys.entries()) await writer.behind.write(key, i);
    // The process is gone before it stored anything, and what Redis cached with it.
    await writer.streams.close();
    await writer.cache.close();
    await forget(reader.cache as Cache<never>);
    for (const [i, key] of keys.entries()) expect(await reader.cache.getOrSet(key, load(key))).toBe(i);
    // The first who stores dies in the middle of it, and gives nothing back: his part is another's after his lease.
    const dying = await started<number>();
    const dead = createGate<never>();
    let begun = 0;
    dying.behind.store(
      'g',
      () => {
        begun++;
        return dead.opened;
      },
      { ...quick, concurrency: 5 },
    );
    await until('he has begun', () => begun === 5);
    await dying.driver.close();
    let gone = false;
    const dies = async (): Promise<void> => {
      await dying.streams.close({ deadlineMs: 0 });
      gone = true;
    };
    await Promise.all([dies(), until('he is gone', () => gone)]);
    const heir = await started<number>();
    expect(await leasesPass('g')).toBeGreaterThanOrEqual(5);
    heir.behind.store('g', store, quick);
    await until('all is stored', () => rows.size === 20 && [...rows.values()].every((value) => value >= 0));
    expect(Object.fromEntries(rows)).toEqual(Object.fromEntries(keys.map((key, i) => [key, i])));
    expect(stored.length).toBe(20);
    dead.fail(new Error('never answered'));
  });

  test('writes of one key are stored in their order, those that wait as one', async () => {
    const { behind, cache, log } = await started<number>();
    const { rows, stored, load } = source<number>();
    for (let i = 0; i < 30; i++) await behind.write('x', i);
    await behind.write('y', 7);
    const gate = createGate();
    const versions: string[] = [];
    behind.store(
      'g',
      async ({ key, value, version }) => {
        versions.push(version);
        stored.push(`${key}=${value}`);
        if (key === 'x' && value === 29) await gate.opened;
        rows.set(key, value);
      },
      quick,
    );
    await until('the first are under way', () => stored.length === 2);
    expect([...stored].sort()).toEqual(['x=29', 'y=7']);
    // While it is stored others come: they wait for it, and for nobody else.
    for (let i = 30; i < 40; i++) await behind.write('x', i);
    gate.open();
    await until('the last is stored', () => rows.get('x') === 39);
    expect(stored.filter((each) => each.startsWith('x'))).toEqual(['x=29', 'x=39']);
    expect([...new Set(versions)].length).toBe(versions.length);
    await until('nothing is left', async () => (await log.stats('g')).pending === 0);
    expect(await cache.getOrSet('x', load('x'))).toBe(39);
  });

  test('that a later write is stored is remembered for as long as older ones are in the log', async () => {
    const { behind } = await started<number>();
    const { stored, store } = source<number>();
    const unstored = cacheKeys.in('pk').unstored(['default', 'x']);
    for (let i = 0; i < 3; i++) await behind.write('x', i);
    // Who stores the last of them, on behalf of the first, and is gone before he comes to the others.
    const one = createGate();
    const first = await started<number>();
    first.behind.store(
      'g',
      (write) => {
        store(write);
        one.open();
        // Nothing else is started until the streams are closed.
        void first.streams.close({ deadlineMs: 10_000 });
      },
      { ...quick, concurrency: 1, prefetch: 0 },
    );
    await one.opened;
    await until('it is settled', () => stored.length === 1);
    await first.streams.close();
    expect(await context.admin('PTTL', unstored)).toBe(-1);
    expect(String(await context.admin('GET', unstored))).toMatch(/^S \d+-\d+$/);
    const heir = await started<number>();
    heir.behind.store('g', store, quick);
    await until('it is forgotten in time', async () => Number(await context.admin('PTTL', unstored)) >= 0);
    expect(stored).toEqual(['x=2']);
    expect(await context.admin('PTTL', unstored)).toBeGreaterThan(0);
  });

  test('what fails is tried again and holds up its own key alone', async () => {
    const { behind } = await started<string>();
    const { rows, stored, store } = source<string>();
    let tries = 0;
    await behind.write('bad', 'b');
    await behind.write('good', 'g');
    behind.store(
      'g',
      (write) => {
        if (write.key === 'bad' && tries++ < 3) throw new Error('the source is down');
        store(write);
      },
      quick,
    );
    await until('both are stored', () => rows.size === 2);
    expect([stored, tries]).toEqual([['good=g', 'bad=b'], 4]);
  });

  test('a writer who dies between the log and its readers: the write is stored, and the old is not read after', async () => {
    const dying = await started<string>(
      (driver): Driver => ({
        ...driver,
        send: (command, call) =>
          command.script?.name === 'cache/accept'
            ? Promise.reject(new Error('the process is gone'))
            : driver.send(command, call),
      }),
    );
    const other = await started<string>();
    const { rows, store, load } = source<string>();
    rows.set('x', 'old');
    expect(await other.cache.getOrSet('x', load('x'))).toBe('old');
    await expect(dying.behind.write('x', 'new')).rejects.toThrow('gone');
    // It was not acknowledged.
    expect(await other.cache.getOrSet('x', load('x'))).toBe('old');
    other.behind.store('g', store, quick);
    await until('it is stored', () => rows.get('x') === 'new');
    await until('the old is forgotten', () => other.cache.peek('x') === undefined);
    expect(await other.cache.getOrSet('x', load('x'))).toBe('new');
  });

  test('who has the old of a write that nobody told of is told before it counts as stored', async () => {
    const gone = () => Promise.reject(new Error('the process is gone'));
    // The writer dies before its readers have it, or before the others are told; the one who stores does not hear that it did.
    for (const dies of ['cache/accept', 'cache/announce']) {
      const dying = await started<string>((driver) => ({
        ...driver,
        send: (command, call) => (command.script?.name === dies ? gone() : driver.send(command, call)),
      }));
      let settled = 0;
      const storing = await started<string>((driver) => ({
        ...driver,
        async send(command, call) {
          const answer = await driver.send(command, call);
          return command.script?.name === 'cache/settle' && settled++ === 0 ? gone() : answer;
        },
      }));
      const other = await started<string>();
      const { rows, store, load } = source<string>();
      rows.set(dies, 'old');
      expect(await other.cache.getOrSet(dies, load(dies))).toBe('old');
      await expect(dying.behind.write(dies, 'new')).rejects.toThrow('gone');
      storing.behind.store('g', store, quick);
      const read = () => other.cache.getOrSet(dies, load(dies));
      await until(`${dies}: the old is forgotten`, async () => settled > 0 && (await read()) === 'new');
      await storing.streams.close();
    }
  });

  test('a write that reaches its readers after it was stored does not come back over a later one', async () => {
    const gate = createGate();
    const slow = await started<string>(
      (driver): Driver => ({
        ...driver,
        async send(command, call) {
          if (command.script?.name === 'cache/accept') await gate.opened;
          return driver.send(command, call);
        },
      }),
    );
    const other = await started<string>();
    const { rows, store, load } = source<string>();
    const writing = slow.behind.write('x', 'slow');
    other.behind.store('g', store, quick);
    await until('it is stored', () => rows.get('x') === 'slow');
    await other.behind.write('x', 'later');
    await until('the later one is stored', () => rows.get('x') === 'later');
    gate.open();
    await writing;
    expect(await other.cache.getOrSet('x', load('x'))).toBe('later');
    expect((await other.cache.explain('x')).unstored).toBeNull();
  });

  test('trap 1: a load that read the old value before the write is not stored after it', async () => {
    const [a, b] = [await started<string>(), await started<string>()];
    const [reading, read] = [createGate(), createGate<string>()];
    const loading = b.cache.getOrSet('x', () => {
      reading.open();
      return read.opened;
    });
    await reading.opened;
    await a.behind.write('x', 'new');
    read.open('old');
    expect(await loading).toBe('old');
    expect(await b.cache.getOrSet('x', () => 'old')).toBe('new');
    expect(await a.cache.getOrSet('x', () => 'old')).toBe('new');
  });

  test('a stream with partitions is a log as well', async () => {
    const { cache, streams } = await started<number>();
    const { rows, store } = source<number>();
    const behind = cache.writeBehind(streams.open(split));
    for (let i = 0; i < 12; i++) await behind.write(`k${i % 6}`, i);
    const consumer = behind.store('g', store, quick);
    await until('all is stored', () => rows.size === 6 && [...rows.values()].every((value) => value >= 6));
    expect(consumer.partitions().size).toBeGreaterThan(0);
  });

  test('a write may be given up; what cannot be written is refused before anything is sent', async () => {
    const { behind, cache, log } = await started<unknown>();
    await behind.write('x', 'unwanted');
    await behind.discard('x');
    expect(await cache.getOrSet('x', () => 'loaded')).toBe('loaded');
    await behind.write('none', null);
    await cache.remove('none');
    expect(await cache.getOrSet('none', () => 'old')).toBeNull();
    const before = (await context.admin('XLEN', 'pk:st1:log:{writes}')) as number;
    await expect(behind.write('', 1)).rejects.toMatchObject({ argument: 'key' });
    await expect(behind.write('x', () => 1)).rejects.toMatchObject({ code: 'CODEC' });
    await expect(behind.write('x', undefined)).rejects.toMatchObject({ argument: 'value' });
    expect(await context.admin('XLEN', 'pk:st1:log:{writes}')).toBe(before);
    expect(() => behind.store('g', 5 as never)).toThrow(/must be a function/);
    expect(() => cache.writeBehind({ append: log.append } as never)).toThrow(/append and consume/);
    const odd = cache.writeBehind({ append: async () => ({ id: 'first' }), consume: () => undefined });
    await expect(odd.write('x', 1)).rejects.toMatchObject({ argument: 'log' });
  });
}
