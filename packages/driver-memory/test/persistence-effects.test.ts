import { createManualClock, rawReply } from '@penknife/core';
import { afterEach, describe, expect, test } from 'vitest';
import { type Compatibility, createMemoryRedis, type MemoryRedis } from '../src/index.js';
import { newFile, removeFiles, send, using } from './with-file.js';

afterEach(removeFiles);

type Words = [string, ...(string | number)[]];

/** What a server holds, by the types of its keys. */
async function held(redis: MemoryRedis): Promise<unknown> {
  const driver = redis.driver();
  const found: Record<string, unknown> = {};
  for (const { key, type, ttlMs } of redis.inspect().keys) {
    const value =
      type === 'list'
        ? await send(driver, 'LRANGE', key, 0, -1)
        : await send(driver, 'DUMP', key).catch(String);
    found[key] = [type, ttlMs, value];
  }
  await driver.close();
  return found;
}

/** Runs commands on an engine with a file, reopens it, and compares. */
async function expectSame(
  commands: readonly Words[],
  { compatibility, past }: { readonly compatibility?: Compatibility; readonly past?: number } = {},
): Promise<void> {
  const file = newFile();
  // Nobody is told that the time is up: what comes finds keys that are past it.
  let now = 1_000_000;
  const manual = createManualClock();
  const clock = { ...manual, now: () => now };
  const open = { clock, ...(compatibility && { compatibility }) };
  const before = await using(
    file,
    async (driver, redis) => {
      for (const [i, words] of commands.entries()) {
        if (i === past) now += 100;
        await driver.send({ args: words as [Uppercase<string>], read: rawReply }).catch(() => undefined);
      }
      return held(redis);
    },
    open,
  );
  expect(await using(file, (_driver, redis) => held(redis), open)).toEqual(before);
}

describe('what waits', () => {
  test.each<Words>([
    ['RPUSH', 'list', 'x'],
    ['INCR', 'number'],
    ['XADD', 'other', '*', 'f', 'v'],
  ])('and only reads has nothing to do with the write before it: %s', async (...write) => {
    const file = newFile();
    const before = await using(file, async (driver, redis) => {
      const lane = await driver.openLane();
      await send(lane, ...write);
      const read = send(lane, 'XREAD', 'BLOCK', 0, 'STREAMS', 's', '$');
      await send(driver, 'XADD', 's', '*', 'f', 'v');
      expect(await read).toMatchObject([['s', [[expect.any(String), ['f', 'v']]]]]);
      await lane.close();
      return held(redis);
    });
    expect(await using(file, (_driver, redis) => held(redis))).toEqual(before);
  });

  test('and only reads brings no old value back', async () => {
    const file = newFile();
    await using(file, async (driver) => {
      const lane = await driver.openLane();
      await send(lane, 'SET', 'a', '1');
      const read = send(lane, 'XREAD', 'BLOCK', 0, 'STREAMS', 's', '$');
      await send(driver, 'SET', 'a', '2');
      await send(driver, 'XADD', 's', '*', 'f', 'v');
      await read;
      await lane.close();
    });
    expect(await using(file, (again) => send(again, 'GET', 'a'))).toBe('2');
  });

  test('the same for a replica', async () => {
    const redis = createMemoryRedis({ replica: { maxLag: 10 } });
    const driver = redis.driver();
    const lane = await driver.openLane();
    await send(lane, 'RPUSH', 'list', 'x');
    const read = send(lane, 'XREAD', 'BLOCK', 0, 'STREAMS', 's', '$');
    await send(driver, 'XADD', 's', '*', 'f', 'v');
    await read;
    redis.failover?.();
    expect(await send(driver, 'LRANGE', 'list', 0, -1)).toEqual(['x']);
    await lane.close();
    await driver.close();
    redis.close();
  });
});

describe('what finds a key past its deadline', () => {
  test.each<Words>([
    ['SPOP', 'due'],
    ['SPOP', 'due', 3],
    ['SPOP', 'due', 0],
  ])('%s %s %s', async (...pop) => {
    await expectSame([['SADD', 'due', 'a', 'b'], ['PEXPIRE', 'due', 10], pop, ['SET', 'after', '1']], {
      past: 2,
    });
  });

  test('SPOP of a hash of which fields end', async () => {
    await expectSame(
      [
        ['HSET', 'h', 'a', '1', 'b', '2'],
        ['HPEXPIRE', 'h', 10, 'FIELDS', 1, 'a'],
        ['SPOP', 'h'],
        ['SET', 'after', '1'],
      ],
      { past: 2, compatibility: '8.0' },
    );
  });

  test('SORT that keeps nothing, or fails, leaves other keys as they are', async () => {
    await expectSame(
      [
        ['SET', 'SORT', '1', 'PX', 1_000_000],
        ['RPUSH', 'due', '1'],
        ['PEXPIRE', 'due', 10],
        ['SORT', 'due'],
        ['SET', 'after', '1'],
      ],
      { past: 3 },
    );
    await expectSame(
      [
        ['RPUSH', 'target', 'kept'],
        ['PEXPIRE', 'target', 1_000_000],
        ['RPUSH', 'letters', 'x', 'y'],
        ['SET', 'w_x', '1', 'PX', 10],
        ['SET', 'w_y', 'no number'],
        ['SORT', 'letters', 'BY', 'w_*', 'STORE', 'target'],
      ],
      { past: 5 },
    );
  });
});

describe('SORT … STORE', () => {
  test.each<Words>([
    ['SORT', 'list', 'STORE', 'store'],
    ['SORT', 'list', 'STORE', 'dst', 'GET', 'store', 'ALPHA'],
    ['SORT', 'list', 'STORE', 'dst', 'BY', 'store', 'ASC'],
    ['SORT', 'list', 'STORE', 'dst', 'GET', '#', 'GET', 'store'],
    ['SORT', 'list', 'STORE', 'first', 'LIMIT', 0, 2, 'store', 'dst'],
    ['sort', 'list', 'by', 'STORE', 'store', 'dst'],
    ['SORT', 'none', 'STORE', 'dst'],
  ])('%s %s %s %s %s %s %s', async (...words) => {
    await expectSame([
      ['RPUSH', 'list', '3', '1', '2'],
      ['SET', 'ALPHA', 'a'],
      ['SET', 'ASC', 'a'],
      ['SET', 'dst', 'before', 'PX', 1_000_000],
      words,
      ['SET', 'after', '1'],
    ]);
  });

  test('of a long list', async () => {
    const push: Words = ['RPUSH', 'list'];
    for (let i = 0; i < 200_000; i++) push.push(String(i % 1000));
    await expectSame([push, ['SORT', 'list', 'STORE', 'list']]);
  });

  test('is one write for a replica', async () => {
    const redis = createMemoryRedis({ replica: { maxLag: 10 } });
    const driver = redis.driver();
    await send(driver, 'RPUSH', 'list', '2', '1');
    await send(driver, 'RPUSH', 'dst', 'before');
    await send(driver, 'SORT', 'list', 'STORE', 'dst');
    redis.failover?.({ lose: 1 });
    expect(await send(driver, 'LRANGE', 'dst', 0, -1)).toEqual(['before']);
    await driver.close();
    redis.close();
  });
});
