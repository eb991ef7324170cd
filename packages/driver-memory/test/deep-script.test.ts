import { createManualClock } from '@penknife/core';
import { afterEach, expect, test } from 'vitest';
import { createMemoryRedis, type PersistenceError } from '../src/index.js';
import { startServer } from '../src/server/index.js';
import { RawClient } from './server/raw-client.js';
import { newFile, removeFiles, send, using } from './with-file.js';

afterEach(removeFiles);

/** Writes at the bottom of so many calls; 1 where that was done. */
const dive = `
local function f(n)
  if n == 0 then return redis.call('INCR', KEYS[1]) end
  return 0 + f(n - 1)
end
if pcall(f, tonumber(ARGV[1])) then return 1 end
return 0`;

/** Writes on its way to the end of the stack, and goes on from there. */
const sink = `
local function f(n)
  redis.call('INCR', KEYS[1])
  ARGV[2] = n
  return 1 + f(n + 1)
end
pcall(f, 1)
return ARGV[2]`;

test.each(['alone', 'watched'])(
  'a script that goes to the end of the stack while it writes, %s: each write is told, done and kept, or none of it',
  async (state) => {
    const file = newFile();
    const told: PersistenceError[] = [];
    const redis = createMemoryRedis({
      clock: createManualClock(),
      persistence: { file, failed: (error) => void told.push(error) },
    });
    const driver = redis.driver();
    const server = await startServer(redis);
    const watcher = new RawClient({ port: server.port as number });
    if (state === 'watched') {
      await send(driver, 'CONFIG', 'SET', 'notify-keyspace-events', 'KEA');
      expect(await watcher.ask('MONITOR')).toBe('+OK\r\n');
    }
    let done = 0;
    // Call by call: each frame is once the last that fits. What is optimized amid it goes deeper.
    let [depth, refused] = [500, 0];
    for (; refused < 300; depth++) {
      const isDone = (await send(driver, 'EVAL', dive, '1', 'k', String(depth))) as number;
      done += isDone;
      refused = isDone === 1 ? 0 : refused + 1;
    }
    expect(done).toBeGreaterThan(0);
    done += Number(await send(driver, 'EVAL', sink, '1', 'k', 'x', '0'));
    expect(told).toEqual([]);
    expect(await send(driver, 'GET', 'k')).toBe(String(done));
    watcher.close();
    await server.close();
    await driver.close();
    redis.close();
    expect(await using(file, (again) => send(again, 'GET', 'k'))).toBe(String(done));
  },
);
