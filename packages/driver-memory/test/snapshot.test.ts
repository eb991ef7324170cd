import { createManualClock, rawReply } from '@penknife/core';
import { afterEach, expect, test, vi } from 'vitest';
import { createMemoryRedis } from '../src/index.js';

const command = (name: Uppercase<string>, ...args: (string | number)[]) => ({
  args: [name, ...args] as const,
  read: rawReply,
});

const one = ['SET', 'text', 'a'] as const;
const kinds: readonly (readonly [Uppercase<string>, ...(string | number)[]])[] = [
  one,
  ['SETBIT', 'bits', 7, 1],
  ['RPUSH', 'list', 'a', 'b'],
  ['HSET', 'hash', 'field', 'value'],
  ['SADD', 'set', 'a', 'b'],
  ['ZADD', 'zset', 1, 'a', 2, 'b'],
  ['XADD', 'stream', '1-1', 'field', 'value'],
  ['XGROUP', 'CREATE', 'stream', 'group', '0'],
  ['XREADGROUP', 'GROUP', 'group', 'consumer', 'STREAMS', 'stream', '>'],
];
const looks: readonly (readonly [Uppercase<string>, ...(string | number)[]])[] = [
  ['GET', 'text'],
  ['GETBIT', 'bits', 7],
  ['LRANGE', 'list', 0, -1],
  ['HGETALL', 'hash'],
  ['SMEMBERS', 'set'],
  ['ZRANGE', 'zset', 0, -1, 'WITHSCORES'],
  ['XPENDING', 'stream', 'group'],
];
const changes: readonly (readonly [Uppercase<string>, ...(string | number)[]])[] = [
  ['APPEND', 'text', 'b'],
  ['SETBIT', 'bits', 7, 0],
  ['LPUSH', 'list', 'c'],
  ['HSET', 'hash', 'field', 'other'],
  ['SREM', 'set', 'a'],
  ['ZADD', 'zset', 9, 'a'],
  ['XACK', 'stream', 'group', '1-1'],
  ['SET', 'more', 'x'],
];

afterEach(() => void vi.useRealTimers());

test('a snapshot is a copy of every kind of key, and outlives what is done after it was taken or restored', async () => {
  const redis = createMemoryRedis({ clock: createManualClock() });
  const driver = redis.driver();
  const send = (...args: readonly [Uppercase<string>, ...(string | number)[]]) =>
    driver.send(command(...args));
  const look = async () => Promise.all(looks.map((args) => send(...args)));
  for (const args of kinds) await send(...args);
  const before = await look();
  const snapshot = redis.snapshot();
  for (let i = 0; i < 2; i++) {
    for (const args of changes) await send(...args);
    expect(await look()).not.toEqual(before);
    redis.restore(snapshot);
    expect(await look()).toEqual(before);
    expect(redis.inspect().keys).toHaveLength(7);
  }
  const other = createMemoryRedis({ clock: createManualClock() });
  other.restore(snapshot);
  expect(other.inspect().keys).toHaveLength(snapshot.size);
});

test('what had a TTL has as much of it left, and expires', async () => {
  const clock = createManualClock();
  const redis = createMemoryRedis({ clock });
  const driver = redis.driver();
  await driver.send(command('SET', 'key', 'a', 'PX', 100));
  await clock.advance(40);
  const snapshot = redis.snapshot();
  await clock.advance(1000);
  expect(redis.inspect().keys).toEqual([]);
  redis.restore(snapshot);
  expect(redis.inspect().keys[0]?.ttlMs).toBe(60);
  await clock.advance(61);
  expect(redis.inspect().keys).toEqual([]);
  redis.close();
  expect(clock.armed).toBe(0);
});

test('whoever watches a key or waits for one notices', async () => {
  const redis = createMemoryRedis({ clock: createManualClock() });
  const driver = redis.driver();
  await driver.send(command('RPUSH', 'list', 'item'));
  const snapshot = redis.snapshot();
  await driver.send(command('DEL', 'list'));
  const [watching, waiting] = [await driver.openLane(), await driver.openLane()];
  await watching.send(command('WATCH', 'list'));
  const moved = waiting.send(command('BLMOVE', 'list', 'taken', 'LEFT', 'RIGHT', 0));
  redis.restore(snapshot);
  expect(await moved).toBe('item');
  expect(await watching.transaction([command('PING')])).toBe('aborted');
  await driver.close();
});

test('what is no snapshot, or has too many databases, is refused by name', async () => {
  const redis = createMemoryRedis();
  const driver = redis.driver();
  await driver.send(command(...one));
  expect(await driver.send(command('MOVE', 'text', 3))).toBe(1);
  expect(() => createMemoryRedis({ databases: 2 }).restore(redis.snapshot())).toThrow(/2 databases/);
  expect(() => redis.restore({} as never)).toThrow(/snapshot/);
  redis.close();
});

test('fake timers move an engine on real time: expiry, and the end of a blocking wait', async () => {
  vi.useFakeTimers();
  const redis = createMemoryRedis();
  const driver = redis.driver();
  await driver.send(command('SET', 'key', 'a', 'PX', 3_600_000));
  const lane = await driver.openLane();
  const waited = lane.send(command('BLMOVE', 'list', 'taken', 'LEFT', 'RIGHT', 60));
  await vi.advanceTimersByTimeAsync(60_000);
  expect(await waited).toBeNull();
  expect(await driver.send(command('PTTL', 'key'))).toBe(3_540_000);
  await vi.advanceTimersByTimeAsync(3_540_001);
  expect(redis.inspect().keys).toEqual([]);
  await driver.close();
  redis.close();
  expect(vi.getTimerCount()).toBe(0);
});
