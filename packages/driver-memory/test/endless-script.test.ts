import { defineScript, rawReply } from '@penknife/core';
import { expect, test } from 'vitest';
import { createMemoryRedis } from '../src/index.js';

test('a script that never ends is stopped, also within pcall, and the engine goes on', async () => {
  const redis = createMemoryRedis();
  const driver = redis.driver();
  const script = (name: string, lua: string) =>
    defineScript({ name: `test/${name}`, lua, keys: 1, args: 0, read: rawReply });
  const loops = script('loops', "redis.call('SET', KEYS[1], 'written') while true do end");
  const stubborn = script('stubborn', 'while true do pcall(function() while true do end end) end');
  const recursive = script('recursive', 'local function f() return f() end return f()');
  try {
    const lane = await driver.openLane();
    await lane.send({ args: ['CONFIG', 'SET', 'busy-reply-threshold', '1'], read: rawReply });
    for (const endless of [loops, stubborn]) {
      await expect(driver.send(endless(['key'], []))).rejects.toThrow(/Script stopped after 1 ms/);
    }
    await expect(driver.send(recursive(['key'], []))).rejects.toThrow(/stack overflow|Script stopped/);
    expect(await driver.send({ args: ['GET', 'key'], key: 'key', read: rawReply })).toBe('written');
    for (const container of ['SCRIPT', 'FUNCTION']) {
      await expect(lane.send({ args: [container as 'SCRIPT', 'KILL'], read: rawReply })).rejects.toThrow(
        /NOTBUSY No scripts in execution right now/,
      );
    }
    await lane.close();
  } finally {
    await driver.close();
    redis.close();
  }
});
