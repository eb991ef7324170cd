import { createManualClock, type Driver, type ManualClock, type Reply, rawReply } from '@penknife/core';
import { sha1Hex } from '@penknife/lua';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { compatibilities } from '../src/engine/server-profile.js';
import { type Compatibility, createMemoryRedis, type MemoryRedis } from '../src/index.js';

let clock: ManualClock;
let redis: MemoryRedis;
let driver: Driver;

function open(compatibility: Compatibility): void {
  clock = createManualClock();
  redis = createMemoryRedis({ clock, seed: 1, compatibility });
  driver = redis.driver();
}

const send = (line: string): Promise<Reply> => {
  const [name = '', ...rest] = line.split(' ');
  return driver.send({ args: [name as Uppercase<string>, ...rest], read: rawReply });
};

afterEach(() => redis.close());

describe('deadlines of fields', () => {
  beforeEach(() => open('8.0'));

  test('a field is there up to and including its millisecond, and gone one later', async () => {
    await send('HSET h a 1 b 2');
    await send('HPEXPIRE h 100 FIELDS 1 a');
    await clock.advance(100);
    expect(await send('HGET h a')).toBe('1');
    await clock.advance(1);
    expect(await send('HGETALL h')).toEqual(['b', '2']);
    expect([await send('HLEN h'), await send('HTTL h FIELDS 1 a')]).toEqual([1, [-2]]);
  });

  test('the hash goes with its last field, without being looked at', async () => {
    await send('HSETEX h PX 50 FIELDS 2 a 1 b 2');
    await clock.advance(51);
    expect(redis.inspect().keys).toEqual([]);
    expect(clock.armed).toBe(0);
  });

  test('watchers are told when fields end', async () => {
    await send('HSETEX h PX 50 FIELDS 1 a 1');
    const lane = await driver.openLane();
    await lane.send({ args: ['WATCH', 'h'], read: rawReply });
    await clock.advance(51);
    expect(await lane.transaction([{ args: ['PING'], read: rawReply }])).toBe('aborted');
    await lane.close();
  });

  test('setting a field takes its deadline, HINCRBY and KEEPTTL leave it', async () => {
    await send('HSETEX h PX 50 FIELDS 3 a 1 b 2 c 3');
    await send('HSET h a 1');
    await send('HINCRBY h b 1');
    await send('HSETEX h KEEPTTL FIELDS 1 c 4');
    expect(await send('HPTTL h FIELDS 3 a b c')).toEqual([-1, 50, 50]);
  });

  test('a deadline taken back is not waited for', async () => {
    await send('HSETEX h PX 50 FIELDS 1 a 1');
    await send('HPERSIST h FIELDS 1 a');
    await clock.advance(1000);
    expect(await send('HGET h a')).toBe('1');
    expect(clock.armed).toBe(0);
  });

  test('they go along with COPY, RENAME, MOVE, SWAPDB and DUMP', async () => {
    await send('HSETEX h PX 1000 FIELDS 1 a 1');
    await send('COPY h copied');
    await send('RENAME h renamed');
    const payload = await driver.send({ args: ['DUMP', 'renamed'], bytes: true, read: rawReply });
    await driver.send({ args: ['RESTORE', 'restored', 0, payload as Uint8Array], read: rawReply });
    await send('MOVE copied 1');
    await send('SWAPDB 0 1');
    expect(await send('HPTTL copied FIELDS 1 a')).toEqual([1000]);
    await send('SWAPDB 0 1');
    for (const key of ['renamed', 'restored']) {
      expect(await send(`HPTTL ${key} FIELDS 1 a`), key).toEqual([1000]);
    }
    await clock.advance(1001);
    expect(redis.inspect().keys).toEqual([]);
  });

  test('a snapshot brings them back with as much time as they had', async () => {
    await send('HSETEX h PX 1000 FIELDS 1 a 1');
    const before = redis.snapshot();
    await clock.advance(5000);
    redis.restore(before);
    expect(await send('HPTTL h FIELDS 1 a')).toEqual([1000]);
    await clock.advance(1001);
    expect(redis.inspect().keys).toEqual([]);
  });

  test('a replica that takes over knows them', async () => {
    redis.close();
    redis = createMemoryRedis({ clock, seed: 1, compatibility: '8.0', replica: {} });
    driver = redis.driver();
    await send('HSETEX h PX 1000 FIELDS 1 a 1');
    redis.failover?.();
    expect(await send('HPTTL h FIELDS 1 a')).toEqual([1000]);
  });
});

describe('XREADGROUP CLAIM', () => {
  beforeEach(async () => {
    open('8.6');
    await send('XADD s 1-1 f v');
    await send('XGROUP CREATE s g 0');
    await send('XREADGROUP GROUP g dead STREAMS s >');
  });

  test('gives what is idle for long enough, with how long and how often', async () => {
    await clock.advance(99);
    expect(await send('XREADGROUP GROUP g c CLAIM 100 STREAMS s >')).toBeNull();
    await clock.advance(1);
    expect(await send('XREADGROUP GROUP g c CLAIM 100 STREAMS s >')).toEqual([
      ['s', [['1-1', ['f', 'v'], 100, 1]]],
    ]);
  });

  test('one that waits is served when an entry has become idle, and leaves no timer', async () => {
    const lane = await driver.openLane();
    const answer = lane.send({
      args: ['XREADGROUP', 'GROUP', 'g', 'c', 'BLOCK', 0, 'CLAIM', 100, 'STREAMS', 's', '>'],
      read: rawReply,
    });
    await clock.advance(100);
    expect(await answer).toEqual([['s', [['1-1', ['f', 'v'], 100, 1]]]]);
    await lane.close();
    expect(clock.armed).toBe(0);
  });

  test('one that waits is served what others were given after it began to', async () => {
    await send('XACK s g 1-1');
    const lane = await driver.openLane();
    const answer = lane.send({
      args: ['XREADGROUP', 'GROUP', 'g', 'c', 'BLOCK', 0, 'CLAIM', 100, 'STREAMS', 's', '>'],
      read: rawReply,
    });
    const other = redis.driver();
    await clock.advance(50);
    await send('XADD s 2-1 f v');
    // Who waits is served first: the entry is new to it.
    expect(await answer).toEqual([['s', [['2-1', ['f', 'v'], 0, 0]]]]);
    await other.close();
    await lane.close();
  });
});

describe('what a server says it is', () => {
  test.each([
    ['7.0', 'redis', '7.0.15', '7.0.15', '0.10000000000000001'],
    ['8.0', 'redis', '8.0.2', '8.0.2', '0.1'],
    ['8.6', 'redis', '8.6.3', '8.6.3', '0.1'],
    ['valkey-8.1', 'valkey', '8.1.1', '7.2.4', '0.1'],
    ['valkey-9', 'valkey', '9.1.2', '7.2.4', '0.1'],
  ] as const)('%s', async (compatibility, product, version, redisVersion, tenth) => {
    open(compatibility);
    expect(String(await send('LOLWUT')).toLowerCase()).toMatch(new RegExp(`^${product} ver\\. ?${version}`));
    expect((await driver.traits()).version).toBe(version);
    const script = "return {redis.REDIS_VERSION, tostring(redis.call('ZADD', KEYS[1], ARGV[1], 'm'))}";
    const [told] = (await driver.send({ args: ['EVAL', script, 1, 'z', '0.1'], read: rawReply })) as Reply[];
    expect(told).toBe(redisVersion);
    expect(await send('ZSCORE z m')).toBe(tenth);
  });

  test.each([
    ['7.0', []],
    ['8.0', ['hash-field-ttl', 'waitaof']],
    ['8.6', ['delex', 'hash-field-ttl', 'set-ifeq', 'waitaof', 'xackdel', 'xreadgroup-claim']],
    ['valkey-8.1', ['set-ifeq', 'waitaof']],
    ['valkey-9', ['delifeq', 'hash-field-ttl', 'set-ifeq', 'waitaof']],
  ] as const)('a driver finds what %s can do', async (compatibility, expected) => {
    open(compatibility);
    const traits = await driver.traits();
    const all = [
      'delex',
      'delifeq',
      'hash-field-ttl',
      'set-ifeq',
      'waitaof',
      'xackdel',
      // Refused by the engine, so no driver may be told of it.
      'xadd-idmp',
      'xreadgroup-claim',
    ] as const;
    expect(all.filter((one) => traits.supports(one))).toEqual(expected);
  });

  test('a cluster of them, too', async () => {
    open('8.0');
    const cluster = createMemoryRedis({ cluster: { shards: 2 }, compatibility: '8.0', clock });
    const client = cluster.driver();
    await client.send({ args: ['HSETEX', 'h', 'EX', 9, 'FIELDS', 1, 'a', 1], key: 'h', read: rawReply });
    expect(await client.send({ args: ['HTTL', 'h', 'FIELDS', 1, 'a'], key: 'h', read: rawReply })).toEqual([
      9,
    ]);
    cluster.close();
  });
});

// As the servers were found to answer by the differential suite.
test.each([
  ['8.0', 'ERR value is not an integer or out of range'],
  ['valkey-8.1', 'ERR syntax error'],
] as const)('%s: BITCOUNT with a wrong end and a wrong unit says %s', async (compatibility, says) => {
  open(compatibility);
  await expect(send('BITCOUNT k 0 x y')).rejects.toThrow(says);
});

// Recorded from all five.
test.each(compatibilities)('LSET with an index beyond 32 bits, on %s', async (compatibility) => {
  open(compatibility);
  await send('RPUSH k a b c');
  const at = ['-9223372036854775808 x', '4294967297 y', '9223372036854775807 v', '2147483648 w'];
  const answers = await Promise.allSettled(at.map((words) => send(`LSET k ${words}`)));
  const set = answers.map(({ status }) => status === 'fulfilled');
  const list = await send('LRANGE k 0 -1');
  if (compatibility === '7.0') expect([set, list]).toEqual([Array(4).fill(false), ['a', 'b', 'c']]);
  else
    expect([set, list]).toEqual([
      [true, true, true, false],
      ['x', 'y', 'v'],
    ]);
});

// Recorded from the three.
test.each([
  ['8.0', null],
  ['valkey-8.1', 'ERR the stream last element ID is 0-0'],
  ['valkey-9', null],
] as const)('%s: the last entry of a stream that never had one is %s', async (compatibility, says) => {
  open(compatibility);
  await send('XGROUP CREATE k g 0 MKSTREAM');
  const answer = send('XREAD STREAMS k +');
  if (says === null) expect(await answer).toBeNull();
  else await expect(answer).rejects.toThrow(says);
  await send('XADD k 5-1 a b');
  await send('XDEL k 5-1');
  expect(await send('XREAD STREAMS k +')).toBeNull();
});

// Recorded from all five.
test.each([
  ['7.0', [3, 5, 1, 2]],
  ['8.0', [1, 2, 4, 2]],
  ['8.6', [1, 2, 4, 2]],
  ['valkey-8.1', [3, 2, 4, null]],
  ['valkey-9', [3, 2, 4, null]],
] as const)('the lag of a group behind what was trimmed or deleted, on %s', async (compatibility, lags) => {
  open(compatibility);
  const lag = async (): Promise<unknown> => ((await send('XINFO GROUPS k')) as Reply[][])[0]?.at(-1);
  const begin = async (entries: number, read: number): Promise<void> => {
    await send('DEL k');
    await send('XGROUP CREATE k g $ MKSTREAM');
    for (let n = 1; n <= entries; n++) await send(`XADD k ${n}-1 a a`);
    await send(`XGROUP SETID k g 0-0 ENTRIESREAD ${read}`);
  };
  await begin(3, 0);
  await send('XTRIM k MAXLEN 1');
  const trimmed = await lag();
  await begin(5, 0);
  await send('XDEL k 2-1');
  await send('XTRIM k MAXLEN 2');
  const deletedAndTrimmed = await lag();
  await begin(5, 4);
  await send('XDEL k 1-1');
  const readBeyond = await lag();
  await begin(5, 0);
  await send('XGROUP SETID k g 1-1');
  await send('XDEL k 2-1');
  await send('XTRIM k MAXLEN 2');
  expect([trimmed, deletedAndTrimmed, readBeyond, await lag()]).toEqual(lags);
});

describe('scores as ZSCAN shows them', () => {
  const long = 'm'.repeat(65);

  test.each(['7.0', '8.0', '8.6', 'valkey-8.1', 'valkey-9'] as const)(
    'on %s with 17 digits where the encoding is not the compact one, as recorded from it',
    async (compatibility) => {
      open(compatibility);
      await send(`ZADD large 0.1 ${long}`);
      await send('ZADD small 0.1 m');
      const kept = compatibility === '7.0' ? '0.10000000000000001' : '0.1';
      expect(await send('ZSCAN large 0')).toEqual(['0', [long, '0.10000000000000001']]);
      expect(await send('ZSCAN small 0')).toEqual(['0', ['m', kept]]);
    },
  );
});

test.each(['8.0', '8.6', 'valkey-8.1', 'valkey-9'] as const)(
  'XSETID on %s goes not below what was deleted, as recorded from it',
  async (name) => {
    open(name);
    await send('XADD k 5-1 a b');
    await send('XADD k 6-1 a b');
    await send('XDEL k 6-1');
    const below = 'The ID specified in XSETID is smaller than current max_deleted_entry_id';
    await expect(send('XSETID k 6-0')).rejects.toThrow(below);
    await expect(send('XSETID k 5-2 ENTRIESADDED 3 MAXDELETEDID 5-1')).rejects.toThrow(below);
    expect(await send('XSETID k 6-1')).toBe('OK');
  },
);

describe('scripts that only EVAL brought', () => {
  const evaluate = (n: number): Promise<Reply> =>
    driver.send({ args: ['EVAL', `return ${n}`, 0], read: rawReply });
  const exist = async (...numbers: number[]): Promise<Reply> =>
    driver.send({
      args: ['SCRIPT', 'EXISTS', ...numbers.map((n) => sha1Hex(`return ${n}`))],
      read: rawReply,
    });

  test.each(['8.0', '8.6', 'valkey-8.1', 'valkey-9'] as const)(
    '%s: of more than 500 the one used longest ago goes; loaded ones stay',
    async (compatibility) => {
      open(compatibility);
      for (let n = 0; n < 500; n++) await evaluate(n);
      await evaluate(0);
      await driver.send({ args: ['EVALSHA', sha1Hex('return 1'), 0], read: rawReply });
      await driver.send({ args: ['SCRIPT', 'LOAD', 'return 2'], read: rawReply });
      expect(await exist(0, 1, 2, 3)).toEqual([1, 1, 1, 1]);
      // The first takes the room that the loaded one left.
      await evaluate(500);
      expect(await exist(3, 500)).toEqual([1, 1]);
      await evaluate(501);
      await evaluate(502);
      expect(await exist(0, 1, 2, 3, 4, 5, 502)).toEqual([1, 1, 1, 0, 0, 1, 1]);
    },
  );

  test('7.0 keeps all of them', async () => {
    open('7.0');
    for (let n = 0; n < 502; n++) await evaluate(n);
    expect(await exist(0, 1, 501)).toEqual([1, 1, 1]);
  });
});

test('a compatibility that is none is refused, and the choice named', () => {
  open('7.0');
  expect(() => createMemoryRedis({ compatibility: '6.2' as '7.0' })).toThrow(/one of '7.0', '8.0', '8.6'/);
});
