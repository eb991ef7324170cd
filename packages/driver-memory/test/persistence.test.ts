import { copyFileSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { createManualClock, type Driver, rawReply } from '@penknife/core';
import { afterEach, describe, expect, test } from 'vitest';
import { createMemoryRedis, type MemoryRedis } from '../src/index.js';
import { newFile, removeFiles, send, using } from './with-file.js';

afterEach(removeFiles);

/** Everything an engine holds: dumps are equal only where the data is. */
async function everything(driver: Driver, redis: MemoryRedis): Promise<unknown> {
  const keys = [...redis.inspect().keys].sort((left, right) => (left.key < right.key ? -1 : 1));
  const dumps = await Promise.all(
    keys.map(({ key }) => driver.send({ args: ['DUMP', key], bytes: true, read: rawReply })),
  );
  const contents = keys.map(({ key, ttlMs, type }, i) => [
    key,
    type,
    ttlMs,
    Buffer.from(dumps[i] as Uint8Array).toString('base64'),
  ]);
  return { contents, functions: await send(driver, 'FUNCTION', 'LIST') };
}

/** Calls of every kind that changes data, some of them left to chance, to the clock or to the order of a set. */
const changes: readonly (readonly [string, ...(string | number)[]])[] = [
  ['SET', 'text', 'hello', 'PX', 60_000],
  ['SETRANGE', 'text', 3, 'p!'],
  ['INCRBY', 'number', 41],
  ['EXPIRE', 'number', 1000],
  ['SETBIT', 'bits', 77, 1],
  ['PFADD', 'hll', 'a', 'b', 'c'],
  ['HSET', 'hash', 'f', 'v', 'g', 'w'],
  ['HINCRBYFLOAT', 'hash', 'h', '0.1'],
  ['RPUSH', 'list', 'a', 'b', 'c', '1'],
  ['LMOVE', 'list', 'other', 'LEFT', 'RIGHT'],
  ['SADD', 'set', ...Array.from({ length: 40 }, (_, i) => `m${i}`)],
  ['SPOP', 'set'],
  ['SPOP', 'set', 5],
  ['SORT', 'set', 'BY', 'nosort', 'LIMIT', 0, 5, 'STORE', 'sorted'],
  ['ZADD', 'zset', 1, 'a', 2.5, 'b', 3, 'c'],
  ['ZPOPMIN', 'zset'],
  ['GEOADD', 'geo', 13.36, 38.11, 'Palermo'],
  ['XADD', 'log', '*', 'a', '1'],
  ['XADD', 'log', '*', 'a', '2'],
  ['XGROUP', 'CREATE', 'log', 'group', '0'],
  ['XREADGROUP', 'GROUP', 'group', 'one', 'COUNT', 1, 'STREAMS', 'log', '>'],
  ['XREADGROUP', 'GROUP', 'group', 'two', 'STREAMS', 'log', '>'],
  ['XAUTOCLAIM', 'log', 'group', 'three', 0, '0', 'COUNT', 1],
  ['SET', 'gone', 'x', 'PX', 5],
  ['RENAME', 'other', 'renamed'],
  ['COPY', 'hash', 'copy'],
  ['DEL', 'bits'],
  [
    'EVAL',
    "redis.call('SET', KEYS[1], redis.call('TIME')[1]); return redis.call('SPOP', KEYS[2])",
    2,
    'from script',
    'set',
  ],
  [
    'FUNCTION',
    'LOAD',
    "#!lua name=lib\nredis.register_function('add', function(keys) return redis.call('INCR', keys[1]) end)",
  ],
  ['FCALL', 'add', 1, 'by function'],
];

describe('an engine that is opened again holds what it held', () => {
  test('every kind of change, whatever chance and the clock had to do with it', async () => {
    const file = newFile();
    const clock = createManualClock();
    const before = await using(
      file,
      async (driver, redis) => {
        for (const words of changes) {
          await send(driver, ...words);
          await clock.advance(3);
        }
        await driver.transaction([
          { args: ['SET', 'in transaction', '1'], read: rawReply },
          { args: ['RPUSH', 'in transaction too', '1'], read: rawReply },
        ]);
        return everything(driver, redis);
      },
      { clock },
    );
    expect((before as { contents: unknown[] }).contents.length).toBeGreaterThan(15);
    expect(await using(file, everything, { clock })).toEqual(before);
    // And after the file was written anew, with more on top of it.
    await using(file, async (driver) => void (await send(driver, 'INCR', 'n')), {
      clock,
      rewriteAboveBytes: 1,
    });
    const rewritten = await using(file, everything, { clock, rewriteAboveBytes: 1 });
    expect(await using(file, everything, { clock })).toEqual(rewritten);
    const without = (all: unknown): unknown[] =>
      (all as { contents: unknown[][] }).contents.filter(([key]) => key !== 'n');
    expect(without(rewritten)).toEqual(without(before));
  });

  test('planted bug: a file that lacks the last change, whichever that was, does not pass for the whole', async () => {
    const file = newFile();
    const earlier = `${file}.earlier`;
    const clock = createManualClock();
    const unseen: string[] = [];
    for (const words of changes) {
      await using(file, (driver) => send(driver, 'PING'), { clock });
      copyFileSync(file, earlier);
      const before = await using(
        file,
        async (driver, redis) => {
          await send(driver, ...words);
          return everything(driver, redis);
        },
        { clock },
      );
      const lacking = await using(earlier, everything, { clock });
      if (JSON.stringify(lacking) === JSON.stringify(before)) unseen.push(words.join(' '));
    }
    expect(unseen).toEqual([]);
  });

  test('deadlines of fields, and what deletes entries with regard to groups', async () => {
    const file = newFile();
    const clock = createManualClock();
    const options = { clock, compatibility: '8.6' } as const;
    const contents = async (driver: Driver): Promise<unknown> => [
      await send(driver, 'HPTTL', 'hash', 'FIELDS', 2, 'a', 'b'),
      await send(driver, 'XRANGE', 'log', '-', '+'),
      await send(driver, 'XPENDING', 'log', 'g'),
      await send(driver, 'SMEMBERS', 'set'),
    ];
    const before = await using(
      file,
      async (driver) => {
        await send(driver, 'HSETEX', 'hash', 'PX', 5000, 'FIELDS', 1, 'a', 1);
        await send(driver, 'HSET', 'hash', 'b', 2);
        await send(driver, 'SADD', 'set', 'x', 'y');
        for (const id of ['1-1', '2-1', '3-1']) await send(driver, 'XADD', 'log', id, 'f', 'v');
        await send(driver, 'XGROUP', 'CREATE', 'log', 'g', '0');
        await send(driver, 'XREADGROUP', 'GROUP', 'g', 'c', 'COUNT', 2, 'STREAMS', 'log', '>');
        await clock.advance(50);
        await send(driver, 'XREADGROUP', 'GROUP', 'g', 'd', 'COUNT', 1, 'CLAIM', 10, 'STREAMS', 'log', '>');
        await send(driver, 'XACKDEL', 'log', 'g', 'ACKED', 'IDS', 1, '2-1');
        return contents(driver);
      },
      options,
    );
    expect(before).toEqual([
      [4950, -1],
      [
        ['1-1', ['f', 'v']],
        ['3-1', ['f', 'v']],
      ],
      [1, '1-1', '1-1', [['d', '1']]],
      ['x', 'y'],
    ]);
    expect(await using(file, contents, options)).toEqual(before);
    await using(file, (driver) => send(driver, 'INCR', 'n'), { ...options, rewriteAboveBytes: 1 });
    expect(await using(file, contents, options)).toEqual(before);
  });

  test('what a blocked client took, from the key that served it', async () => {
    const file = newFile();
    const lengths = (driver: Driver): Promise<unknown[]> =>
      Promise.all([
        send(driver, 'LLEN', 'one'),
        send(driver, 'LLEN', 'two'),
        send(driver, 'XPENDING', 'log', 'g'),
      ]);
    const before = await using(file, async (driver) => {
      await send(driver, 'XGROUP', 'CREATE', 'log', 'g', '$', 'MKSTREAM');
      const [popping, reading] = [await driver.openLane(), await driver.openLane()];
      const popped = popping.send({ args: ['BLPOP', 'one', 'two', 0], read: rawReply });
      const read = reading.send({
        args: ['XREADGROUP', 'GROUP', 'g', 'c', 'BLOCK', 0, 'STREAMS', 'log', '>'],
        read: rawReply,
      });
      // Both lists get data in one act, the second one first.
      await driver.transaction([
        { args: ['RPUSH', 'two', 'b', 'bb'], read: rawReply },
        { args: ['RPUSH', 'one', 'a', 'aa'], read: rawReply },
      ]);
      await send(driver, 'XADD', 'log', '*', 'a', '1');
      expect(await popped).toEqual(['two', 'b']);
      await read;
      return lengths(driver);
    });
    expect(before.slice(0, 2)).toEqual([2, 1]);
    expect(await using(file, lengths)).toEqual(before);
  });

  test('FLUSHALL, SWAPDB and the end of a time to live', async () => {
    const file = newFile();
    const clock = createManualClock();
    await using(
      file,
      async (driver, redis) => {
        await send(driver, 'SET', 'a', '1');
        redis.flush();
        await send(driver, 'SET', 'b', '1');
        await send(driver, 'SWAPDB', 0, 1);
        await send(driver, 'SET', 'c', '1', 'PX', 10);
      },
      { clock },
    );
    await clock.advance(11);
    expect(await using(file, async (_driver, redis) => redis.inspect().keys, { clock })).toMatchObject([
      { database: 1, key: 'b' },
    ]);
  });
});

describe('a file that a crash left', () => {
  async function threeWrites(file: string): Promise<number[]> {
    const sizes: number[] = [];
    await using(file, async (driver) => {
      for (const value of ['one', 'two', 'three']) {
        await send(driver, 'SET', 'a', value);
        sizes.push(statSync(file).size);
      }
    });
    return sizes;
  }

  test('a torn end is cut, wherever it tore, and what came before is kept', async () => {
    const file = newFile();
    const [, second, third] = (await threeWrites(file)) as [number, number, number];
    const torn = newFile();
    for (let length = second; length < third; length++) {
      copyFileSync(file, torn);
      truncateSync(torn, length);
      expect(await using(torn, (driver) => send(driver, 'GET', 'a')), `${length} of ${third}`).toBe('two');
      expect(statSync(torn).size).toBe(second);
    }
    copyFileSync(file, torn);
    expect(await using(torn, (driver) => send(driver, 'GET', 'a'))).toBe('three');
  });

  test('bytes that are wrong at the end are cut; within the file they are an error, not a loss', async () => {
    const file = newFile();
    const [first, second] = (await threeWrites(file)) as [number, number, number];
    const bytes = readFileSync(file);
    const broken = (at: number): string => {
      const copy = newFile();
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] as number) ^ 0xff;
      writeFileSync(copy, changed);
      return copy;
    };
    expect(await using(broken(second + 12), (driver) => send(driver, 'GET', 'a'))).toBe('two');
    expect(() => createMemoryRedis({ persistence: { file: broken(first + 12) } })).toThrow(/damaged at byte/);
    expect(() => createMemoryRedis({ persistence: { file: broken(3) } })).toThrow(
      /is no journal of this version/,
    );
  });

  test('an end torn in the very first line', async () => {
    const file = newFile();
    writeFileSync(file, 'PENKNI');
    expect(await using(file, (driver) => send(driver, 'GET', 'a'))).toBe(null);
  });
});

test('the file is bounded by the data, not by the history', async () => {
  const file = newFile();
  await using(
    file,
    async (driver) => {
      for (let i = 0; i < 300; i++) {
        await Promise.all(Array.from({ length: 20 }, () => send(driver, 'INCR', 'n')));
        expect(statSync(file).size).toBeLessThan(12_000);
      }
    },
    { rewriteAboveBytes: 4000 },
  );
  expect(await using(file, (driver) => send(driver, 'GET', 'n'))).toBe('6000');
});
