import { readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { createManualClock, type Driver } from '@penknife/core';
import { afterEach, describe, expect, test } from 'vitest';
import { createMemoryRedis } from '../src/index.js';
import { newFile, removeFiles, send, using } from './with-file.js';

afterEach(removeFiles);

/** A file of so many writes, and where each frame ends. */
async function written(count: number): Promise<{ file: string; ends: number[] }> {
  const file = newFile();
  const ends: number[] = [];
  await using(file, async (driver) => {
    ends.push(statSync(file).size);
    for (let i = 1; i <= count; i++) {
      await send(driver, 'SET', 'a', `value ${i}`);
      ends.push(statSync(file).size);
    }
  });
  return { file, ends };
}

function damaged(file: string, change: (bytes: Buffer) => void): string {
  const copy = newFile();
  const bytes = readFileSync(file);
  change(bytes);
  writeFileSync(copy, bytes);
  return copy;
}

const range = (first: number, last: number): number[] =>
  Array.from({ length: last - first + 1 }, (_, i) => first + i);

/** Adds entries with these ids, in one turn of the event loop: one write brings them all to the disk. */
async function addAll(
  driver: Driver,
  first: number,
  last: number,
  ...options: (string | number)[]
): Promise<void> {
  await Promise.all(range(first, last).map((i) => send(driver, 'XADD', 's', ...options, `${i}-0`, 'f', 'v')));
}

const open = (file: string): void => createMemoryRedis({ persistence: { file } }).close();

describe('damage within the file is an error, and the file stays as it is', () => {
  test('every bit of the length of a frame that others follow', async () => {
    const { file, ends } = await written(20);
    for (let bit = 0; bit < 32; bit++) {
      const at = (ends[1] as number) + (bit >> 3);
      const copy = damaged(file, (bytes) => {
        bytes[at] = (bytes[at] as number) ^ (1 << (bit & 7));
      });
      expect(() => open(copy), `bit ${bit}`).toThrow(/damaged at byte/);
      expect(statSync(copy).size).toBe(ends.at(-1));
    }
  });

  test('several frames in a row, whatever is wrong with them', async () => {
    const { file, ends } = await written(20);
    const copy = damaged(file, (bytes) => void bytes.fill(0xff, ends[3], ends[6]));
    expect(() => open(copy)).toThrow(/damaged at byte/);
    const zeros = damaged(
      file,
      (bytes) => void bytes.fill(0, (ends[3] as number) + 2, (ends[5] as number) + 5),
    );
    expect(() => open(zeros)).toThrow(/damaged at byte/);
  });

  test('far from the next whole frame', async () => {
    const { file, ends } = await written(3);
    const long = Buffer.concat([
      readFileSync(file).subarray(0, ends[1]),
      // Longer than what is looked through at once.
      Buffer.alloc(3_000_000, 7),
      readFileSync(file).subarray(ends[2]),
    ]);
    const copy = newFile();
    writeFileSync(copy, long);
    expect(() => open(copy)).toThrow(/damaged at byte/);
  });

  test('planted bug: without a whole frame behind it, the same is a torn end and is cut', async () => {
    const { file, ends } = await written(3);
    const last = ends[2] as number;
    const copy = damaged(file, (bytes) => {
      bytes[last] = (bytes[last] as number) ^ 1;
    });
    expect(await using(copy, (driver) => send(driver, 'GET', 'a'))).toBe('value 2');
  });
});

test('a long end that tore is looked through at once, whatever it holds', async () => {
  const file = newFile();
  await using(file, async (driver) => {
    await send(driver, 'SET', 'kept', '1');
    await send(driver, 'SETBIT', 'bits', 8 * 4_000_000, 1);
    // Its content looks like lengths at every offset.
    await send(driver, 'EVAL', "return redis.call('SET', 'text', string.rep('\\0\\1\\0\\0', 500000))", 0);
  });
  truncateSync(file, statSync(file).size - 1);
  expect(await using(file, (driver) => send(driver, 'EXISTS', 'kept', 'bits', 'text'))).toBe(2);
});

test('a long end full of what looks like frames is left to its owner, in little time', async () => {
  const { file, ends } = await written(3);
  // Length, checksum, time, database, no key, one argument.
  const looksLikeOne = Buffer.alloc(25);
  looksLikeOne.writeUInt32LE(2_000_000, 0);
  looksLikeOne.writeUInt32LE(1, 21);
  const torn = newFile();
  const head = Buffer.alloc(8);
  head.writeUInt32LE(10_000_000, 0);
  writeFileSync(torn, Buffer.concat([readFileSync(file), head, Buffer.alloc(3_000_000, looksLikeOne)]));
  const started = process.cpuUsage().user;
  expect(() => open(torn)).toThrow(/damaged at byte .* too much after it looks like frames/);
  // Each read anew it would be a minute or more.
  expect(process.cpuUsage().user - started).toBeLessThan(5_000_000);
  expect(statSync(torn).size).toBe((ends[3] as number) + 3_000_008);
});

describe('trimming by ~ removes whole nodes, which depend on settings and on holes: what it came to is kept', () => {
  const trims: readonly (readonly [string, readonly (string | number)[]])[] = [
    ['XADD', ['s', 'MAXLEN', '~', 500, '*', 'MAXLEN', '~']],
    ['XADD', ['s', 'NOMKSTREAM', 'maxlen', '~', 500, 'LIMIT', 2000, '*', 'f', 'v']],
    ['XADD', ['s', 'MINID', '~', '900-0', '*', 'f', 'v']],
    ['XTRIM', ['s', 'MAXLEN', '~', 500]],
    ['XTRIM', ['s', 'LIMIT', 1500, 'MINID', '~', '1250-0']],
  ];

  test.each(trims)('%s %j', async (name, words) => {
    const file = newFile();
    const clock = createManualClock(1);
    const lengths: unknown[] = [];
    const before = await using(
      file,
      async (driver) => {
        await send(driver, 'CONFIG', 'SET', 'stream-node-max-entries', 1000, 'stream-node-max-bytes', 0);
        await addAll(driver, 1, 1400);
        await clock.advance(5000);
        await send(driver, name, ...words);
        lengths.push(await send(driver, 'XLEN', 's'));
        return send(driver, 'XRANGE', 's', '-', '+');
      },
      { clock },
    );
    // Either something went, and not as much as other nodes would have let go, or nothing did.
    expect([400, 401, 1400, 1401]).toContain(lengths[0]);
    expect(await using(file, (driver) => send(driver, 'XRANGE', 's', '-', '+'), { clock })).toEqual(before);
  });

  test('with regard to groups', async () => {
    const file = newFile();
    const options = { clock: createManualClock(1), compatibility: '8.6' } as const;
    const before = await using(
      file,
      async (driver) => {
        await send(driver, 'CONFIG', 'SET', 'stream-node-max-entries', 10);
        await addAll(driver, 1, 30);
        await send(driver, 'XGROUP', 'CREATE', 's', 'g', '0');
        await send(driver, 'XREADGROUP', 'GROUP', 'g', 'c', 'COUNT', 15, 'STREAMS', 's', '>');
        for (let i = 1; i <= 15; i += 2) await send(driver, 'XACK', 's', 'g', `${i}-0`);
        await send(driver, 'XTRIM', 's', 'MAXLEN', '~', 5, 'ACKED');
        return send(driver, 'XRANGE', 's', '-', '+');
      },
      options,
    );
    expect(before).toHaveLength(22);
    expect(await using(file, (driver) => send(driver, 'XRANGE', 's', '-', '+'), options)).toEqual(before);
  });

  test('a replica has what was there, too', async () => {
    const redis = createMemoryRedis({ clock: createManualClock(1), replica: {} });
    const driver = redis.driver();
    await send(driver, 'CONFIG', 'SET', 'stream-node-max-entries', 1000, 'stream-node-max-bytes', 0);
    for (let i = 1; i <= 1400; i++) await send(driver, 'XADD', 's', 'MAXLEN', '~', 500, '*', 'f', 'v');
    const before = await send(driver, 'XLEN', 's');
    expect(before).toBe(1400);
    redis.failover?.({ lose: 0 });
    expect(await send(driver, 'XLEN', 's')).toBe(before);
    redis.close();
  });

  test('after holes, which a file written anew leaves out', async () => {
    const file = newFile();
    const clock = createManualClock(1);
    const before = await using(
      file,
      async (driver) => {
        await addAll(driver, 1, 150);
        // The node that is not full yet: read again it has room for more.
        await Promise.all(range(110, 140).map((i) => send(driver, 'XDEL', 's', `${i}-0`)));
        await send(driver, 'SAVE');
        await addAll(driver, 151, 420, 'MAXLEN', '~', 120);
        return send(driver, 'XRANGE', 's', '-', '+');
      },
      { clock },
    );
    expect(await using(file, (driver) => send(driver, 'XRANGE', 's', '-', '+'), { clock })).toEqual(before);
  });
});
