import { type Driver, rawReply, slotOf } from '@penknife/core';
import { type LeasedCluster, leaseCluster, requireServers, withClient } from '@penknife/redis-servers';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createNodeRedisDriver } from '../src/index.js';
import { majors } from './majors.js';

const keyed = (name: Uppercase<string>, key: string, ...rest: string[]) => ({
  args: [name, key, ...rest] as [Uppercase<string>, ...string[]],
  key,
  read: rawReply,
});

const here = await requireServers();

describe.skipIf(!here).each(majors)('a driver on createCluster of redis $major', ({ redis }) => {
  let cluster: LeasedCluster;
  let driver: Driver;
  beforeAll(async () => {
    cluster = await leaseCluster();
  });
  afterAll(() => cluster.release());
  beforeEach(() => {
    const [node] = cluster.nodes;
    driver = createNodeRedisDriver(redis.createCluster({ rootNodes: [{ url: node!.url }] }));
  });
  afterEach(() => driver.close());

  const primaries = () => cluster.nodes.filter(({ member }) => member.role === 'primary');

  it('opens lanes and finds nodes before anything was sent', async () => {
    const lanes = await driver.nodes();
    expect(lanes).toHaveLength(3);
    const ids = await Promise.all(
      lanes.map((lane) => lane.send({ args: ['CLUSTER', 'MYID'], read: rawReply })),
    );
    expect(new Set(ids).size).toBe(3);
  });

  it('never splits a command over slots', async () => {
    expect(slotOf('a')).not.toBe(slotOf('b'));
    await expect(driver.send(keyed('MGET', 'a', 'b'))).rejects.toMatchObject({ code: 'CROSSSLOT' });
    await expect(driver.send(keyed('DEL', 'a', 'b'))).rejects.toMatchObject({ code: 'CROSSSLOT' });
  });

  it('asks one primary only for what has no key', async () => {
    await Promise.all(['a', 'b', 'c', 'd', 'e', 'f'].map((key) => driver.send(keyed('SET', key, '1'))));
    const size = (await driver.send({ args: ['DBSIZE'], read: rawReply })) as number;
    expect(size).toBeLessThan(6);
  });

  /** Connections of clients to all nodes, without the asking ones. */
  async function connections(): Promise<number> {
    const lists = await Promise.all(
      cluster.nodes.map(({ port }) =>
        withClient(port, (admin) => admin.command('CLIENT', 'LIST', 'TYPE', 'normal')),
      ),
    );
    return lists.map((list) => String(list).trim().split('\n').length - 1).reduce((a, b) => a + b);
  }

  it.each(['while connecting', 'afterwards'])('leaves no connection behind when closed %s', async (when) => {
    const before = await connections();
    const calls = ['a', 'b', 'c'].map((key) => driver.send(keyed('GET', key)).catch((error) => error));
    const lane = driver.openLane({ key: 'a' }).catch((error) => error);
    if (when === 'afterwards') {
      await Promise.all([...calls, lane]);
      expect(await connections()).toBeGreaterThan(before);
    }
    await driver.close();
    await Promise.all([...calls, lane]);
    while ((await connections()) > before);
  });

  it('says of a dead primary that nothing was sent, and finds its successor', async () => {
    const key = 'failover';
    await driver.send(keyed('SET', key, 'before'));
    const slot = slotOf(key);
    const owner = primaries().find(({ member }) =>
      member.slots.some(([first, last]) => first <= slot && slot <= last),
    );
    const replica = cluster.nodes.find(
      ({ member }) => member.role === 'replica' && member.primaryId === owner!.member.id,
    );
    await owner!.kill();
    const away = await driver.send(keyed('SET', key, 'never'), { deadlineMs: 100 }).catch((error) => error);
    expect(away).toMatchObject({ kind: 'connection' });
    await withClient(replica!.port, (admin) => admin.command('CLUSTER', 'FAILOVER', 'TAKEOVER'));
    expect(await driver.send(keyed('SET', key, 'after'), { deadlineMs: 10_000 })).toBe('OK');
    await owner!.restart();
  });
});
