import { createManualClock, type Reply, rawReply, systemClock } from '@penknife/core';
import { expect, test } from 'vitest';
import { createMemoryRedis, type MemoryRedis } from '../src/index.js';

async function microseconds(redis: MemoryRedis): Promise<number> {
  const driver = redis.driver();
  const [seconds, micros] = (await driver.send({ args: ['TIME'], read: rawReply })) as [string, string];
  await driver.close();
  return Number(seconds) * 1e6 + Number(micros);
}

test('TIME has microseconds, and does not go back', async () => {
  const redis = createMemoryRedis();
  const times: number[] = [];
  for (let i = 0; i < 300; i++) times.push(await microseconds(redis));
  expect(times).toEqual([...times].sort((a, b) => a - b));
  expect(times.some((time) => time % 1000 !== 0)).toBe(true);
  expect(Math.abs((times.at(-1) as number) / 1000 - systemClock.now())).toBeLessThan(5000);
  redis.close();
});

test('a manual clock gives the time it was set to, and nothing else', async () => {
  const clock = createManualClock(1_700_000_000_000);
  const redis = createMemoryRedis({ clock });
  expect(await microseconds(redis)).toBe(1_700_000_000_000_000);
  await clock.advance(0.25);
  expect(await microseconds(redis)).toBe(1_700_000_000_000_250);
  await clock.advance(1);
  expect(await microseconds(redis)).toBe(1_700_000_000_001_250);
  redis.close();
});

test('a script sees one time from its beginning to its end, as on a server since Redis 7.2', async () => {
  const redis = createMemoryRedis({ compatibility: '8.0' });
  const driver = redis.driver();
  const script = `local before = redis.call('TIME')
    for i = 1, 200000 do end
    local after = redis.call('TIME')
    return {before[1] .. before[2], after[1] .. after[2]}`;
  const [before, after] = (await driver.send({ args: ['EVAL', script, 0], read: rawReply })) as Reply[];
  expect(after).toBe(before);
  redis.close();
});
