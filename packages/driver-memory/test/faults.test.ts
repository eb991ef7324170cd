import { createManualClock, type Driver, type ManualClock } from '@penknife/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createMemoryRedis, type MemoryRedis } from '../src/index.js';
import { send } from './with-file.js';

let clock: ManualClock;
let redis: MemoryRedis;
let driver: Driver;
beforeEach(() => {
  clock = createManualClock();
  redis = createMemoryRedis({ clock, seed: 1 });
  driver = redis.driver();
});
afterEach(async () => {
  await driver.close();
  redis.close();
  expect(clock.armed).toBe(0);
});

describe('what breaks connections while the engine is paused breaks those that wait for an acknowledgement', () => {
  const faults: readonly (readonly [string, () => void])[] = [
    ['cut', () => redis.faults.cut()],
    [
      'refuse and restore',
      () => {
        redis.faults.refuse();
        redis.faults.restore();
      },
    ],
    ['reset', () => redis.reset()],
  ];

  test.each(faults)('%s: a feed comes back, with its gap', async (_name, breakAll) => {
    const heard: string[] = [];
    const feed = await driver.openFeed({
      message: (_kind, channel, payload) => void heard.push(`${channel} ${Buffer.from(payload).toString()}`),
      gap: () => void heard.push('gap'),
      invalidated: () => undefined,
    });
    await feed.subscribe('channel', 'a');
    redis.faults.pause();
    const pending = feed.subscribe('channel', 'b');
    // The order is with the engine.
    await clock.advance(0);
    breakAll();
    redis.faults.resume();
    await clock.advance(1000);
    await pending;
    await send(driver, 'PUBLISH', 'a', '1');
    await send(driver, 'PUBLISH', 'b', '2');
    await clock.advance(0);
    expect(heard).toEqual(['gap', 'a 1', 'b 2']);
  });

  test('an order that waits ends with its feed', async () => {
    const events = { message: () => undefined, unsubscribed: () => undefined, lost: () => undefined };
    const subscriber = await redis.transport().openSubscriber(undefined, events);
    redis.faults.pause();
    const pending = subscriber.subscribe('channel', 'a');
    subscriber.close();
    await expect(pending).rejects.toMatchObject({ code: 'CONNECTION', sent: 'maybe' });
    await expect(subscriber.subscribe('channel', 'a')).rejects.toMatchObject({ code: 'CONNECTION' });
    redis.faults.resume();
    expect(redis.inspect().connections).toBe(0);
  });
});

test('a pause of which a pending subscription sees more than 5 s is a dead server to its feed: it comes back, with a gap', async () => {
  const gaps: string[] = [];
  const feed = await redis.driver({ deadlineMs: 60_000 }).openFeed({
    message: () => undefined,
    gap: (_scope, reason) => void gaps.push(reason),
    invalidated: () => undefined,
  });
  await feed.subscribe('channel', 'a');
  redis.faults.pause();
  await clock.advance(60_000);
  const pending = feed.subscribe('channel', 'b');
  await clock.advance(4999);
  redis.faults.resume();
  await pending;
  expect(gaps).toEqual([]);

  redis.faults.pause();
  const late = feed.subscribe('channel', 'c');
  await clock.advance(5001);
  redis.faults.resume();
  await clock.advance(1000);
  await late;
  expect(gaps).toEqual(['the server did not answer for 5000 ms']);
  await feed.close();
});

test('a call that cannot be made at the end of a pause is rejected, and those behind it are answered', async () => {
  const lane = await driver.openLane();
  const broken = await redis.transport().openLane(undefined);
  const other = await redis.transport().openLane(undefined);
  redis.faults.pause();
  const call = (...args: readonly unknown[]): never => ({ args, bytes: false }) as never;
  // No driver makes such a call: a defect.
  const failed = expect(broken.call(call('SET', 'a', Object.create(null)))).rejects.toThrow(TypeError);
  const answered = other.call(call('PING'));
  const behind = send(lane, 'INCR', 'n');
  redis.faults.resume();
  await failed;
  expect(await Promise.all([answered, behind])).toEqual(['PONG', 1]);
  broken.close();
  other.close();
  await lane.close();
});

test('LOADING lasts until everybody who said so is done, each once', async () => {
  const lane = await driver.openLane();
  const [first, second] = [redis.faults.load(), redis.faults.load()];
  first();
  first();
  await expect(send(lane, 'GET', 'a')).rejects.toMatchObject({ code: 'LOADING' });
  second();
  expect(await send(lane, 'GET', 'a')).toBeNull();
});

test('a call that is to be late ends with its connection', async () => {
  redis.fail({ effect: { delayMs: 60_000 }, times: 2 });
  const late = expect(send(driver, 'PING')).rejects.toMatchObject({ sent: 'maybe' });
  const lane = await driver.openLane();
  const onLane = expect(send(lane, 'PING')).rejects.toMatchObject({ sent: 'maybe' });
  redis.faults.cut();
  await Promise.all([late, onLane]);
});
