import {
  closeSync,
  copyFileSync,
  mkdirSync,
  openSync,
  readdirSync,
  readlinkSync,
  rmdirSync,
  statSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { createManualClock } from '@penknife/core';
import { afterEach, describe, expect, test } from 'vitest';
import { createMemoryRedis, type MemoryRedis, type PersistenceError } from '../src/index.js';
import { startServer } from '../src/server/index.js';
import { RawClient } from './server/raw-client.js';
import { newFile, removeFiles, send, using } from './with-file.js';

afterEach(removeFiles);

/** Descriptors of this process that are open on a file of that folder. */
function openOn(folder: string): number[] {
  return readdirSync('/proc/self/fd')
    .filter((descriptor) => {
      try {
        return readlinkSync(`/proc/self/fd/${descriptor}`).startsWith(folder);
      } catch {
        return false;
      }
    })
    .map(Number);
}

/** What is in a file now, as another one. */
function copyOf(file: string): string {
  const copy = newFile();
  copyFileSync(file, copy);
  return copy;
}

/** An engine on a file; `fill` puts a device that is full in the place of the disk. */
function start(fsync: 'always' | 'everysecond'): {
  redis: MemoryRedis;
  file: string;
  told: PersistenceError[];
  fill: () => void;
} {
  const file = newFile();
  const told: PersistenceError[] = [];
  const persistence = { file, fsync, failed: (error: PersistenceError) => void told.push(error) };
  const redis = createMemoryRedis({ clock: createManualClock(), persistence });
  const fill = (): void => {
    const [descriptor] = openOn(file) as [number];
    closeSync(descriptor);
    // The lowest free number is given; others may have been closed since the file was opened.
    const opened: number[] = [];
    while (opened.at(-1) !== descriptor) opened.push(openSync('/dev/full', 'a'));
    for (const other of opened.slice(0, -1)) closeSync(other);
  };
  return { redis, file, told, fill };
}

// /dev/full and /proc are Linux'.
describe.skipIf(process.platform !== 'linux')('a file that cannot be written any more', () => {
  test.each(['always', 'everysecond'] as const)(
    '%s: nothing is acknowledged that is not kept',
    async (fsync) => {
      const { redis, file, told, fill } = start(fsync);
      const driver = redis.driver();
      const lane = await driver.openLane();
      const reading = lane.send({ args: ['BLPOP', 'list', 0], read: (reply) => reply });
      const popped = expect(reading).rejects.toMatchObject({ code: 'CONNECTION', sent: 'maybe' });
      await send(driver, 'SET', 'a', 'kept');
      fill();
      const calls = await Promise.allSettled([
        send(driver, 'SET', 'a', 'lost'),
        send(driver, 'RPUSH', 'list', '1'),
        // What it would tell is not kept.
        send(driver, 'GET', 'a'),
        driver.transaction([{ args: ['INCR', 'n'], read: (reply) => reply }]),
        lane.send({ args: ['INCR', 'n'], read: (reply) => reply }),
      ]);
      expect(calls.map(({ status }) => status)).toEqual(Array(5).fill('rejected'));
      expect(calls[0]).toMatchObject({ reason: { code: 'CONNECTION', sent: 'maybe', cause: told[0] } });
      await popped;
      expect(told).toMatchObject([{ code: 'PERSISTENCE', cause: { code: 'ENOSPC' } }]);

      // It takes no connection any more, and has nothing open.
      await expect(driver.openLane()).rejects.toMatchObject({ code: 'CONNECTION', sent: 'no' });
      expect(() => redis.driver()).toThrow('the engine is closed');
      expect(() => redis.faults.restore()).toThrow('the engine is closed');
      expect(openOn(dirname(file))).toEqual([]);
      await driver.close();
      redis.close();
      expect(await using(file, (again) => send(again, 'GET', 'a'))).toBe('kept');
    },
  );

  test('clients at the door hear nothing but the end of their connection', async () => {
    const { redis, told, fill } = start('always');
    const server = await startServer(redis);
    const client = new RawClient({ port: server.port as number });
    expect(await client.ask('SET a 1')).toBe('+OK\r\n');
    fill();
    client.send('SET a 2', 'GET a');
    expect(await client.end()).toBe('');
    expect(told).toHaveLength(1);
    const late = new RawClient({ port: server.port as number });
    expect(await late.end()).toBe('');
    await server.close();
    redis.close();
  });

  test('what cannot be written anew leaves the file as it was, and it goes on', async () => {
    const { redis, file, told } = start('always');
    const driver = redis.driver();
    await send(driver, 'SET', 'a', '1');
    const { size } = statSync(file);
    // A folder in the way of the new file.
    mkdirSync(`${file}.rewrite`);
    await expect(send(driver, 'SAVE')).rejects.toMatchObject({ code: 'ERR' });
    await expect(send(driver, 'BGREWRITEAOF')).rejects.toThrow(
      "Can't execute an AOF background rewriting. Please check the server logs for more information.",
    );
    const failed = await send(driver, 'INFO', 'persistence');
    expect(failed).toContain('aof_last_bgrewrite_status:err');
    expect(failed).toContain('rdb_last_bgsave_status:err');
    expect(statSync(file).size).toBe(size);
    expect(openOn(file)).toHaveLength(1);
    await send(driver, 'SET', 'a', '2');
    rmdirSync(`${file}.rewrite`);
    expect(await using(copyOf(file), (again) => send(again, 'GET', 'a'))).toBe('2');

    expect(await send(driver, 'SAVE')).toBe('OK');
    expect(await send(driver, 'INFO', 'persistence')).toContain('aof_last_bgrewrite_status:ok');
    await send(driver, 'SET', 'a', '3');
    redis.close();
    expect(told).toEqual([]);
    expect(await using(file, (again) => send(again, 'GET', 'a'))).toBe('3');
  });

  test('by itself it is tried again when there is twice as much', async () => {
    const file = newFile();
    mkdirSync(`${file}.rewrite`);
    await using(
      file,
      async (driver) => {
        const fill = async (times: number): Promise<unknown> => {
          for (let i = 0; i < times; i++) await send(driver, 'SET', 'a', 'x'.repeat(1000));
          return send(driver, 'INFO', 'persistence');
        };
        expect(await fill(3)).toContain('aof_last_bgrewrite_status:err');
        const tried = statSync(file).size;
        rmdirSync(`${file}.rewrite`);
        expect(await fill(1)).toContain('aof_last_bgrewrite_status:err');
        expect(statSync(file).size).toBeGreaterThan(tried);
        expect(await fill(4)).toContain('aof_last_bgrewrite_status:ok');
        expect(statSync(file).size).toBeLessThan(tried);
      },
      { rewriteAboveBytes: 1500 },
    );
    expect(await using(file, (again) => send(again, 'STRLEN', 'a'))).toBe(1000);
  });

  test('a value that is too long to be written anew is kept as it came', async () => {
    const { redis, file, told } = start('always');
    const driver = redis.driver();
    await send(driver, 'SETBIT', 'bits', 4294967295, 1);
    await expect(send(driver, 'SAVE')).rejects.toMatchObject({ code: 'ERR' });
    await send(driver, 'SET', 'a', 'kept');
    redis.close();
    expect(told).toEqual([]);
    expect(readdirSync(dirname(file))).toEqual(['data']);
    expect(
      await using(file, async (again) => [
        await send(again, 'STRLEN', 'bits'),
        await send(again, 'GETBIT', 'bits', 4294967295),
        await send(again, 'GET', 'a'),
      ]),
    ).toEqual([2 ** 29, 1, 'kept']);
  });

  test('at the end: what is left cannot be written', async () => {
    const { redis, file, told, fill } = start('always');
    const driver = redis.driver();
    fill();
    const lost = expect(send(driver, 'SET', 'a', '1')).rejects.toMatchObject({ sent: 'maybe' });
    redis.close();
    await lost;
    expect(told).toHaveLength(1);
    expect(openOn(dirname(file))).toEqual([]);
    createMemoryRedis({ persistence: { file } }).close();
  });

  // Network file systems tell at the close once more what was wrong; here, a number that is no descriptor any more.
  test.each(['a write', 'the end'])('closing it fails as well, at %s', async (when) => {
    const { redis, file, told } = start('everysecond');
    const driver = redis.driver();
    await send(driver, 'SET', 'a', 'kept');
    closeSync(openOn(file)[0] as number);
    if (when === 'a write') {
      const lost = expect(send(driver, 'SET', 'a', 'lost')).rejects.toMatchObject({ sent: 'maybe' });
      const later = expect(send(driver, 'SET', 'a', 'lost')).rejects.toMatchObject({ code: 'CONNECTION' });
      await Promise.all([lost, later]);
      expect(() => redis.driver()).toThrow('the engine is closed');
    }
    redis.close();
    expect(told).toMatchObject([{ code: 'PERSISTENCE', cause: { code: 'EBADF' } }]);
    expect(await using(file, (again) => send(again, 'GET', 'a'))).toBe('kept');
  });

  test('written anew, it is kept, though closing what was before fails', async () => {
    // So that the new file does not get the number of the one before.
    const lower = openSync('/dev/null', 'r');
    const { redis, file, told } = start('always');
    const driver = redis.driver();
    await send(driver, 'SET', 'a', '1');
    closeSync(openOn(file)[0] as number);
    closeSync(lower);
    expect(await send(driver, 'SAVE')).toBe('OK');
    await send(driver, 'SET', 'a', '2');
    redis.close();
    expect(told).toEqual([]);
    expect(await using(file, (again) => send(again, 'GET', 'a'))).toBe('2');
  });

  test('the file is free by the time that is told', async () => {
    const file = newFile();
    let next: MemoryRedis | undefined;
    const failed = (): void => {
      next = createMemoryRedis({ persistence: { file } });
    };
    const redis = createMemoryRedis({ persistence: { file, failed } });
    const driver = redis.driver();
    closeSync(openOn(file)[0] as number);
    await expect(send(driver, 'SET', 'a', '1')).rejects.toMatchObject({ sent: 'maybe' });
    expect(next).toBeDefined();
    redis.close();
    expect(() => createMemoryRedis({ persistence: { file } })).toThrow(/is in use by process/);
    next?.close();
    expect(readdirSync(dirname(file))).toEqual(['data']);
  });
});
