import { type Driver, rawReply, slotOf } from '@penknife/core';
import {
  type Cluster,
  type ClusterNode,
  RespClient,
  requireServers,
  startCluster,
} from '@penknife/redis-servers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createIoredisDriver } from '../src/index.js';
import { type Major, majors } from './majors.js';

const key = 'counter';
const slot = slotOf(key);
const portOf = {
  args: ['CONFIG', 'GET', 'port'],
  read: (reply: unknown) => Number((reply as string[])[1]),
} as const;

describe.skipIf(!(await requireServers()))('a cluster', () => {
  let cluster: Cluster;

  const owner = (): ClusterNode =>
    cluster.nodes.find(({ member }) => member.slots.some(([first, last]) => first <= slot && slot <= last))!;
  const other = (): ClusterNode => cluster.nodes.find((node) => node !== owner())!;

  function driverOf({ cluster: make }: Major, options: object = {}): Driver {
    const nodes = cluster.nodes.map(({ host, port }) => ({ host, port }));
    return createIoredisDriver(make(nodes.slice(0, 1), { lazyConnect: true, ...options }));
  }

  async function at<T>(node: ClusterNode, act: (client: RespClient) => Promise<T>): Promise<T> {
    const client = new RespClient(node.port);
    try {
      return await act(client);
    } finally {
      client.close();
    }
  }

  describe.each(majors)('$name', (major) => {
    // One for each: a slot that was moved about is remembered differently by its nodes for a while.
    beforeAll(async () => {
      cluster = await startCluster({ replicasPerPrimary: 0 });
    });
    afterAll(() => cluster.stop());

    test('a key sends a command without keys to its slot’s primary', async () => {
      await using driver = driverOf(major);
      expect(await driver.send({ ...portOf, key })).toBe(owner().port);
      const lane = await driver.openLane({ key });
      expect(await lane.send(portOf)).toBe(owner().port);
      const lanes = await driver.nodes();
      const ports = await Promise.all(lanes.map((each) => each.send(portOf)));
      expect(ports.toSorted()).toEqual(cluster.nodes.map(({ port }) => port).toSorted());
    });

    test('a wrong guess at the node is put right by the server, also for a transaction', async () => {
      await using driver = driverOf(major);
      const set = { args: ['SET', key, 'x'], read: rawReply } as const;
      expect(await driver.send(set)).toBe('OK');
      expect(await driver.transaction([set, { args: ['GET', key], read: rawReply }])).toEqual([
        { ok: true, value: 'OK' },
        { ok: true, value: 'x' },
      ]);
    });

    test('a slot on its way: ASK is followed, also for a transaction, and then MOVED', async () => {
      await using driver = driverOf(major);
      const incr = { args: ['INCR', key], key, read: rawReply } as const;
      await driver.send({ args: ['DEL', key], key, read: rawReply });
      const [from, to] = [owner(), other()];
      await at(to, (client) => client.command('CLUSTER', 'SETSLOT', slot, 'IMPORTING', from.member.id));
      await at(from, (client) => client.command('CLUSTER', 'SETSLOT', slot, 'MIGRATING', to.member.id));
      try {
        expect(await driver.send(incr)).toBe(1);
        expect(await driver.transaction([incr, incr])).toEqual([
          { ok: true, value: 2 },
          { ok: true, value: 3 },
        ]);
        expect(await at(to, (client) => client.command('CLUSTER', 'COUNTKEYSINSLOT', slot))).toBe(1);
        for (const node of [to, from]) {
          await at(node, (client) => client.command('CLUSTER', 'SETSLOT', slot, 'NODE', to.member.id));
        }
        expect(await driver.send(incr)).toBe(4);
        expect(await driver.transaction([incr])).toEqual([{ ok: true, value: 5 }]);
        expect(await driver.send({ ...portOf, key })).toBe(to.port);
      } finally {
        await at(to, (client) => client.command('DEL', key).catch(() => 0));
        for (const node of [from, to]) {
          await at(node, (client) => client.command('CLUSTER', 'SETSLOT', slot, 'NODE', from.member.id));
        }
      }
    });

    test('natMap is honoured, for redirections too', async () => {
      const hidden = (address: string): { host: string; port: number } => ({
        host: 'localhost',
        port: Number(address.slice(address.lastIndexOf(':') + 1)),
      });
      await using driver = driverOf(major, { natMap: hidden });
      for (const each of ['a', 'b', 'c', 'd', 'e', 'f']) {
        expect(await driver.send({ args: ['SET', each, 1], read: rawReply })).toBe('OK');
        expect(await driver.send({ args: ['GET', each], key: each, read: rawReply })).toBe('1');
      }
    });

    test('no cluster: the deadline tells why', async () => {
      await using driver = createIoredisDriver(
        major.cluster([{ host: '127.0.0.1', port: 1 }], { lazyConnect: true }),
      );
      const call = driver.send({ args: ['PING'], read: rawReply }, { deadlineMs: 100 });
      await expect(call).rejects.toMatchObject({
        sent: 'no',
        cause: { message: 'no node of the cluster answered' },
      });
      await expect(driver.openLane()).rejects.toMatchObject({ kind: 'connection', sent: 'no' });
    });
  });
});
