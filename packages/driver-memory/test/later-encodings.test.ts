import { createManualClock, type Driver, type Reply, rawReply } from '@penknife/core';
import { afterEach, describe, expect, test } from 'vitest';
import { type Compatibility, createMemoryRedis, type MemoryRedis } from '../src/index.js';

let redis: MemoryRedis;
let driver: Driver;

function open(compatibility: Compatibility): void {
  redis = createMemoryRedis({ clock: createManualClock(), seed: 1, compatibility });
  driver = redis.driver();
}

const send = (line: string): Promise<Reply> => {
  const [name = '', ...rest] = line.split(' ');
  return driver.send({ args: [name as Uppercase<string>, ...rest], read: rawReply });
};

afterEach(() => redis.close());

describe('what one command brings decides the encoding before it is there', () => {
  const long = 'm'.repeat(65);
  const given = (item: string, times: number): string[] =>
    Array<string[]>(times).fill(item.split(' ')).flat();
  const encoding = async (...commands: [Uppercase<string>, ...string[]][]): Promise<Reply> => {
    await send('DEL k');
    for (const args of commands) await driver.send({ args, read: rawReply });
    return send('OBJECT ENCODING k');
  };
  const later = ['8.0', '8.6', 'valkey-8.1', 'valkey-9'] as const;

  test.each(later)('sets on %s, as recorded from it', async (name) => {
    open(name);
    expect(await encoding(['SADD', 'k', ...given('a', 129)])).toBe('hashtable');
    expect(await encoding(['SADD', 'k', ...given('a', 128)])).toBe('listpack');
    expect(await encoding(['SADD', 'k', 'a'], ['SADD', 'k', ...given('a', 129)])).toBe('hashtable');
    expect(await encoding(['SADD', 'k', '1'], ['SADD', 'k', ...given('1', 513)])).toBe('hashtable');
    expect(await encoding(['SADD', 'k', '1'], ['SADD', 'k', ...given('1', 512)])).toBe('intset');
    expect(await encoding(['SADD', 'k', ...given('1', 512)])).toBe('intset');
    expect(await encoding(['SADD', 'k', '1', ...given('a', 200)])).toBe('listpack');
    await send('CONFIG SET set-max-listpack-entries 1000');
    expect(await encoding(['SADD', 'k', ...given('1', 600)])).toBe('listpack');
    expect(await encoding(['SADD', 'k', '1'], ['SADD', 'k', ...given('1', 600)])).toBe('hashtable');
  });

  test.each(later)('sorted sets on %s, as recorded from it', async (name) => {
    open(name);
    const small = ['ZADD', 'k', '1', 'a'] as const;
    const refused = name.startsWith('valkey') ? 'skiplist' : 'listpack';
    expect(await encoding(['ZADD', 'k', ...given('1 a', 129)])).toBe('skiplist');
    expect(await encoding([...small], ['ZADD', 'k', 'XX', ...given('1 a', 129)])).toBe('skiplist');
    expect(await encoding([...small], ['ZADD', 'k', 'XX', '1', long])).toBe(refused);
    expect(await encoding([...small], ['ZADD', 'k', 'XX', 'INCR', '1', long])).toBe(refused);
    expect(await encoding([...small], ['GEOADD', 'k', 'XX', '1', '1', long])).toBe(refused);
  });

  test.each(later)('hashes on %s, as recorded from it', async (name) => {
    open(name);
    expect(await encoding(['HSET', 'k', ...given('a 1', 513)])).toBe('hashtable');
    expect(await encoding(['HSET', 'k', ...given('a 1', 512)])).toBe('listpack');
    expect(await encoding(['HSET', 'k', 'a', '1'], ['HMSET', 'k', ...given('a 1', 513)])).toBe('hashtable');
    if (name === 'valkey-8.1') return;
    const many = await encoding(['HSETEX', 'k', 'FIELDS', '513', ...given('a 1', 513)]);
    expect(many).toBe(name === 'valkey-9' ? 'listpack' : 'hashtable');
  });

  test.each(later)('lists on %s, as recorded from it', async (name) => {
    open(name);
    expect(await encoding(['RPUSH', 'k', 'x'.repeat(9000)])).toBe('quicklist');
    expect(await encoding(['RPUSH', 'k', 'a'])).toBe('listpack');
  });

  test('none on 7.0', async () => {
    open('7.0');
    expect(await encoding(['RPUSH', 'k', 'a'])).toBe('quicklist');
    expect(await encoding(['SADD', 'k', ...given('1', 513)])).toBe('intset');
    expect(await encoding(['ZADD', 'k', ...given('1 a', 129)])).toBe('listpack');
    expect(await encoding(['HSET', 'k', ...given('a 1', 513)])).toBe('listpack');
  });
});
