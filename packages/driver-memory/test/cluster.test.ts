import { createManualClock, type Driver, type Reply, rawReply } from '@penknife/core';
import type { LaneConnection } from '@penknife/core/driver-kit';
import { createMemoryRedis, type MemoryCluster } from '@penknife/driver-memory';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

let cluster: MemoryCluster;
let driver: Driver;

beforeEach(() => {
  cluster = createMemoryRedis({
    clock: createManualClock(),
    seed: 1,
    cluster: { shards: 3, replicaLag: 10 },
  });
  driver = cluster.driver();
});
afterEach(async () => {
  await driver.close();
  cluster.close();
});

const words = (line: string): { args: [Uppercase<string>, ...string[]]; read: (reply: Reply) => Reply } => ({
  args: line.split(' ') as [Uppercase<string>, ...string[]],
  read: rawReply,
});
/** A bare connection to the primary of a key: drivers refuse what changes a connection. */
const open = (key: string): Promise<LaneConnection> => cluster.transport().openLane(key);
/** What a connection of one node answers; errors as their text. */
const ask = async (lane: LaneConnection, line: string): Promise<Reply> => {
  try {
    return (await lane.call({ args: line.split(' '), key: undefined, bytes: false })) as Reply;
  } catch (error) {
    return (error as Error).message;
  }
};
const send = (line: string, key: string): Promise<Reply> => driver.send({ ...words(line), key });

// Slots by Redis' CLUSTER KEYSLOT: a 15495 (third shard), b 3300 (first), foo 12182 (third).
describe('a cluster in the process answers as Redis 7.0 with cluster-enabled', () => {
  it.each([
    ['GET b', 'MOVED 3300 127.0.0.1:7000'],
    ['MGET a b', "CROSSSLOT Keys in request don't hash to the same slot"],
    ['EVAL return{} 2 a b', "CROSSSLOT Keys in request don't hash to the same slot"],
    ['SSUBSCRIBE a b', "CROSSSLOT Keys in request don't hash to the same slot"],
    ['SWAPDB 0 1', 'ERR SWAPDB is not allowed in cluster mode'],
    ['MOVE a 1', 'ERR MOVE is not allowed in cluster mode'],
    ['COPY a {a}b DB 1', 'ERR Copying to another database is not allowed in cluster mode'],
    ['SORT a BY w_*', 'ERR BY option of SORT denied in Cluster mode.'],
    ['SORT a BY nosort', []],
    ['SORT a GET #', 'ERR GET option of SORT denied in Cluster mode.'],
    ['CLUSTER KEYSLOT {a}b', 15495],
    ['CLUSTER COUNTKEYSINSLOT 99999', 'ERR Invalid slot'],
    ['CLUSTER GETKEYSINSLOT 15495 -1', 'ERR Invalid slot or number of keys'],
    ['CLUSTER SETSLOT 15495 MIGRATING x', "ERR I don't know about node x"],
    ['CLUSTER SETSLOT 15495 IMPORTING x', "ERR I'm already the owner of hash slot 15495"],
    ['CLUSTER SETSLOT 15495 NODE x', 'ERR Unknown node x'],
    [
      'CLUSTER SETSLOT 15495 FOO',
      'ERR Invalid CLUSTER SETSLOT action or number of arguments. Try CLUSTER HELP',
    ],
    ['CLUSTER SETSLOT 99999 STABLE', 'ERR Invalid or out of range slot'],
    ['CLUSTER ADDSLOTS 5', 'ERR Slot 5 is already busy'],
    ['CLUSTER FAILOVER', 'ERR You should send CLUSTER FAILOVER to a replica'],
    ['READONLY', 'OK'],
  ] as const)('%s', async (line, reply) => {
    expect(await ask(await open('a'), line)).toEqual(reply);
  });

  it('an engine that is no cluster says so', async () => {
    const single = createMemoryRedis();
    const lane = await single.transport().openLane(undefined);
    for (const line of ['CLUSTER INFO', 'ASKING', 'READONLY', 'CLUSTER KEYSLOT a'])
      expect(await ask(lane, line)).toBe('ERR This instance has cluster support disabled');
    single.close();
  });

  it('a transaction over slots, and a script that leaves its slot, are refused', async () => {
    const lane = await open('a');
    for (const line of ['MULTI', 'SET a 1', 'SET foo 2']) await ask(lane, line);
    expect(await ask(lane, 'EXEC')).toBe("CROSSSLOT Keys in request don't hash to the same slot");
    for (const line of ['MULTI', 'SET a 1', 'MSET a 1 b 2']) await ask(lane, line);
    expect(await ask(lane, 'EXEC')).toBe('EXECABORT Transaction discarded because of previous errors.');
    expect(await ask(lane, 'GET a')).toBe(null);
    const stray = { args: ['EVAL', "return redis.call('GET', 'b')", '1', 'a'], key: 'a', bytes: false };
    await expect(lane.call(stray)).rejects.toThrow('Script attempted to access a non local key');
  });

  it('CLUSTER SLOTS, SHARDS and NODES tell the same', async () => {
    const lane = await open('a');
    const slots = (await ask(lane, 'CLUSTER SLOTS')) as [number, number, [string, number, string], unknown][];
    expect(slots.map(([from, to, [, port]]) => [from, to, port])).toEqual([
      [0, 5461, 7000],
      [5462, 10922, 7001],
      [10923, 16383, 7002],
    ]);
    const nodes = String(await ask(lane, 'CLUSTER NODES'));
    expect(nodes.split('\n').filter((line) => / (myself,)?master /.test(line))).toHaveLength(3);
    expect(nodes).toContain(
      `${await ask(lane, 'CLUSTER MYID')} 127.0.0.1:7002@17002 myself,master - 0 0 0 connected 10923-16383`,
    );
    const shards = (await ask(lane, 'CLUSTER SHARDS')) as [string, number[], string, unknown[]][];
    expect(shards.map(([, ranges, , members]) => [ranges, members.length])).toEqual([
      [[0, 5461], 2],
      [[5462, 10922], 2],
      [[10923, 16383], 2],
    ]);
    expect(await ask(lane, 'CLUSTER INFO')).toContain('cluster_state:ok');
  });

  it('messages reach subscribers at every node', async () => {
    const lanes = await cluster.transport().openLanes();
    const heard: string[] = [];
    const feed = await driver.openFeed({
      message: (_kind, channel) => heard.push(channel),
      gap: () => undefined,
      invalidated: () => undefined,
    });
    await feed.subscribe('channel', 'news');
    for (const lane of lanes) await ask(lane, 'PUBLISH news x');
    await new Promise((resolve) => setImmediate(resolve));
    expect(heard).toEqual(['news', 'news', 'news']);
  });
});

describe('a slot that moves', () => {
  it('is asked for, tried again, and has moved', async () => {
    await send('MSET {a}1 x {a}2 y', '{a}');
    const old = await open('a');
    const move = cluster.moveSlot('a');
    const [target] = await cluster.transport().openLanes();
    expect(await ask(old, 'CLUSTER GETKEYSINSLOT 15495 10')).toEqual(['{a}1', '{a}2']);
    move.keys('{a}1');
    expect(await ask(old, 'GET {a}1')).toBe('ASK 15495 127.0.0.1:7000');
    expect(await ask(old, 'GET {a}2')).toBe('y');
    expect(await ask(old, 'MGET {a}1 {a}2')).toBe('TRYAGAIN Multiple keys request during rehashing of slot');
    expect(await ask(target as LaneConnection, 'GET {a}1')).toBe('MOVED 15495 127.0.0.1:7002');
    await ask(target as LaneConnection, 'ASKING');
    expect(await ask(target as LaneConnection, 'GET {a}1')).toBe('x');
    expect(await ask(target as LaneConnection, 'GET {a}1')).toBe('MOVED 15495 127.0.0.1:7002');
    expect(await send('GET {a}1', '{a}1')).toBe('x');
    move.finish();
    expect(await ask(old, 'GET {a}2')).toBe('MOVED 15495 127.0.0.1:7000');
    expect(await send('MGET {a}1 {a}2', '{a}')).toEqual(['x', 'y']);
    expect(cluster.shardOf('a')).toBe(0);
    expect(() => move.finish()).toThrow(TypeError);
  });

  it('has not what is past its time, before that is taken away as well', async () => {
    // Time goes on, and no timer comes to its end.
    const clock = createManualClock();
    let passed = 0;
    const late = { ...clock, now: () => clock.now() + passed, timer: () => ({ cancel: () => undefined }) };
    const other = createMemoryRedis({ clock: late, seed: 1, cluster: { shards: 3 } });
    const old = await other.transport().openLane('a');
    expect(await ask(old, 'SET a 1 PX 5')).toBe('OK');
    other.moveSlot('a');
    expect(await ask(old, 'GET a')).toBe('1');
    passed = 10;
    expect(await ask(old, 'GET a')).toBe('ASK 15495 127.0.0.1:7000');
    other.close();
  });

  it('keeps the time that keys have left, and breaks transactions that watch them', async () => {
    await send('SET a 1 PX 5000', 'a');
    const old = await open('a');
    await ask(old, 'WATCH a');
    cluster.moveSlot('a').finish();
    expect(await send('PTTL a', 'a')).toBe(5000);
    expect(await ask(old, 'MULTI')).toBe('OK');
    expect(await ask(old, 'GET a')).toBe('MOVED 15495 127.0.0.1:7000');
  });

  it('sends on who waits for its keys', async () => {
    const lane = await open('a');
    const waiting = ask(lane, 'BLPOP a 0');
    cluster.moveSlot('a').finish();
    expect(await waiting).toBe('MOVED 15495 127.0.0.1:7000');
  });

  it('that nobody serves is down', async () => {
    const restore = cluster.dropSlot('a');
    expect(await ask((await cluster.transport().openLanes())[0] as LaneConnection, 'GET a')).toBe(
      'CLUSTERDOWN Hash slot not served',
    );
    expect(cluster.shardOf('a')).toBeUndefined();
    restore();
    expect(await send('GET a', 'a')).toBe(null);
  });
});

describe('a primary that fails', () => {
  it.each([0, 1, 4, 10])(
    'loses the last %i writes, and what was acknowledged before is there',
    async (lose) => {
      for (let i = 1; i <= 300; i++) await send(`SET a ${i}`, 'a');
      await send('SET b kept', 'b');
      cluster.failOver(2, { lose });
      expect(await send('GET a', 'a')).toBe(String(300 - lose));
      expect(await send('GET b', 'b')).toBe('kept');
    },
  );

  it('loses writes of scripts, of transactions and of those that waited, one by one', async () => {
    const lane = await open('a');
    const waiting = ask(lane, 'BLPOP a 0');
    await send('RPUSH a 1 2', 'a');
    expect(await waiting).toEqual(['a', '1']);
    const script =
      "redis.call('SET', KEYS[1], 1) redis.call('INCR', KEYS[1]) return redis.call('INCR', KEYS[1])";
    await driver.send({ args: ['EVAL', script, '1', '{a}s'], key: '{a}s', read: rawReply });
    cluster.failOver(2, { lose: 1 });
    expect(await send('GET {a}s', '{a}s')).toBe('2');
    expect(await send('LRANGE a 0 -1', 'a')).toEqual(['2']);
  });

  it('lives on at another address; the old one answers MOVED, and may take over again', async () => {
    const lane = await open('a');
    await send('SET a 1 PX 60000', 'a');
    cluster.failOver(2);
    await lane.lost;
    const [, , third] = await cluster.transport().openLanes();
    expect(await ask(third as LaneConnection, 'CLUSTER NODES')).toContain(
      '127.0.0.1:7005@17005 myself,master',
    );
    expect(await send('PTTL a', 'a')).toBe(60_000);
    cluster.failOver(2, { lose: 0 });
    expect(await send('GET a', 'a')).toBe('1');
  });

  it('hands on a move that was begun', async () => {
    await send('MSET {a}1 x {a}2 y', '{a}');
    const move = cluster.moveSlot('a');
    move.keys('{a}1');
    cluster.failOver(2);
    expect(await send('GET {a}1', '{a}1')).toBe('x');
    move.finish();
    expect(await send('MGET {a}1 {a}2', '{a}')).toEqual(['x', 'y']);
  });

  it('refuses to lose more than its replica lags, and what is no shard', () => {
    expect(() => cluster.failOver(0, { lose: 11 })).toThrow('lose');
    expect(() => cluster.failOver(3)).toThrow('shard');
    expect(() => createMemoryRedis({ cluster: { shards: 0 } })).toThrow('cluster.shards');
    expect(() => createMemoryRedis({ cluster: { shards: 1, replicaLag: -1 } })).toThrow('cluster.replicaLag');
    const bare = createMemoryRedis({ cluster: { shards: 1, replicaLag: 0 } });
    expect(() => bare.failOver(0)).toThrow(TypeError);
    bare.close();
  });
});

describe('one engine with a replica', () => {
  it.each([0, 2])('fails over without the last %i writes', async (lose) => {
    const clock = createManualClock();
    const redis = createMemoryRedis({ clock, seed: 1, replica: { maxLag: 5 } });
    const own = redis.driver();
    const run = (line: string): Promise<Reply> => own.send(words(line));
    await run('SET gone x PX 50');
    for (let i = 1; i <= 200; i++) await run(`INCRBY n ${i}`);
    await clock.advance(51);
    await run('SADD s a b c');
    await run('SPOP s');
    const members = await run('SMEMBERS s');
    redis.failover?.({ lose });
    await new Promise((resolve) => setImmediate(resolve));
    expect(await run('GET n')).toBe('20100');
    expect(await run('EXISTS gone')).toBe(0);
    expect(await run('SMEMBERS s')).toEqual(lose === 0 ? members : []);
    expect(() => redis.failover?.({ lose: 6 })).toThrow('lose');
    redis.close();
  });
});
