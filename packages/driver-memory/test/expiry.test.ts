import { createManualClock, rawReply } from '@penknife/core';
import { expect, test } from 'vitest';
import { createMemoryRedis } from '../src/index.js';

const send = (args: readonly [Uppercase<string>, ...string[]], key: string) => ({
  args,
  key,
  read: rawReply,
});

test('a key is there up to its deadline and gone one millisecond later, as on the server', async () => {
  const clock = createManualClock();
  const redis = createMemoryRedis({ clock });
  const driver = redis.driver();
  await driver.send(send(['SET', 'key', 'value', 'PX', '100'], 'key'));
  await clock.advance(100);
  expect(await driver.send(send(['PTTL', 'key'], 'key'))).toBe(0);
  await clock.advance(1);
  expect(await driver.send(send(['GET', 'key'], 'key'))).toBe(null);
});

test('a key that nobody reads goes too, and the timer with the last of them', async () => {
  const clock = createManualClock();
  const redis = createMemoryRedis({ clock });
  const driver = redis.driver();
  await driver.send(send(['SET', 'first', 'value', 'PX', '100'], 'first'));
  await driver.send(send(['SET', 'second', 'value', 'PX', '5000'], 'second'));
  await clock.advance(101);
  expect(await driver.send(send(['DBSIZE'], 'any'))).toBe(1);
  await clock.advance(5000);
  expect(await driver.send(send(['DBSIZE'], 'any'))).toBe(0);
  expect(clock.armed).toBe(0);
  await driver.close();
  redis.close();
});

test('expiry is told as a keyspace event and breaks a transaction that watches', async () => {
  const clock = createManualClock();
  const redis = createMemoryRedis({ clock });
  const driver = redis.driver();
  const lane = await driver.openLane();
  await lane.send(send(['SET', 'key', 'value', 'PX', '10'], 'key'));
  await lane.send(send(['WATCH', 'key'], 'key'));
  await clock.advance(11);
  expect(await lane.transaction([send(['SET', 'key', 'mine'], 'key')])).toBe('aborted');
  redis.close();
});
