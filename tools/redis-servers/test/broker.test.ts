import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { requireServers } from '../src/availability.js';
import { type Broker, startBroker } from '../src/broker/broker.js';
import { connectBroker } from '../src/broker/broker-connection.js';
import { startFleet } from '../src/broker/fleet.js';
import { leaseCluster, leaseSentinel, leaseServer } from '../src/lease.js';
import { RespClient, withClient } from '../src/resp-client.js';

describe.skipIf(!(await requireServers()))('the broker', () => {
  let broker: Broker;
  let started = 0;
  const notes: string[] = [];
  const single = (): ReturnType<typeof leaseServer> => leaseServer({ broker: broker.address });

  beforeAll(async () => {
    broker = await startBroker({
      print: (line) => notes.push(line),
      start(request) {
        started += 1;
        return startFleet(request);
      },
    });
  });
  afterAll(() => broker.close());

  it('lends each server to one lessee at a time, and a returned one again, as new', async () => {
    const before = started;
    const first = await single();
    const second = await single();
    expect(second.node.port).not.toBe(first.node.port);
    expect(started - before).toBe(2);

    const { port } = first.node;
    const left = new RespClient(port);
    await left.command('SET', 'left', 'behind');
    await left.command('CONFIG', 'SET', 'notify-keyspace-events', 'KEA');
    await left.command('CONFIG', 'SET', 'maxmemory', '100000000');
    const sha = await left.command('SCRIPT', 'LOAD', 'return 1');
    const cutOff = left.command('BLPOP', 'nothing', 0).catch((error: Error) => error);
    await first.release();
    const again = await single();
    expect(await cutOff).toBeInstanceOf(Error);
    expect(again.node.port).toBe(port);
    expect(started - before).toBe(2);
    await withClient(port, async (client) => {
      expect(await client.command('DBSIZE')).toBe(0);
      expect(await client.command('SCRIPT', 'EXISTS', String(sha))).toEqual([0]);
      expect(await client.command('CONFIG', 'GET', 'notify-keyspace-events')).toEqual([
        'notify-keyspace-events',
        '',
      ]);
      expect(await client.command('CONFIG', 'GET', 'maxmemory')).toEqual(['maxmemory', '0']);
    });
    await again.release();
    await second.release();
  });

  it('replaces a server that comes back killed or with other users', async () => {
    const killed = await single();
    const { port } = killed.node;
    await killed.node.kill();
    await killed.release();
    const changed = await single();
    expect(changed.node.port).not.toBe(port);
    await withClient(changed.node.port, (client) =>
      client.command('ACL', 'SETUSER', 'guest', 'on', 'nopass'),
    );
    await changed.release();
    const fresh = await single();
    expect(await withClient(fresh.node.port, (client) => client.command('ACL', 'USERS'))).toEqual([
      'default',
    ]);
    await fresh.release();
  });

  it('a restarted server has a new process id, and a paused one is resumed for the next lessee', async () => {
    const lease = await single();
    const { pid, port } = lease.node;
    await lease.node.restart();
    expect(lease.node.pid).not.toBe(pid);
    await lease.node.pause();
    await lease.release();
    const next = await single();
    expect(next.node.port).toBe(port);
    expect(await withClient(port, (client) => client.command('PING'))).toBe('PONG');
    await next.release();
  });

  it('keeps a healthy cluster, emptied, and replaces one with another topology', async () => {
    const options = { broker: broker.address };
    const first = await leaseCluster(options);
    const ports = first.nodes.map((node) => node.port);
    const [primary] = first.nodes;
    const key = 'foo{06S}'; // any slot will do: the answer says whose it is
    await Promise.all(
      first.nodes
        .slice(0, 3)
        .map(({ port }) => withClient(port, (client) => client.command('SET', key, '1').catch(() => null))),
    );
    await first.nodes[4]!.pause();
    await first.release();

    const second = await leaseCluster(options);
    expect(second.nodes.map((node) => node.port)).toEqual(ports);
    for (const { port } of second.nodes) {
      expect(await withClient(port, (client) => client.command('DBSIZE'))).toBe(0);
    }
    const before = started;
    await withClient(primary!.port, (client) => client.command('CLUSTER', 'DELSLOTS', 0));
    await second.release();
    const third = await leaseCluster(options);
    expect(started - before).toBe(1);
    expect(third.nodes.map((node) => node.port)).not.toEqual(ports);
    await third.release();
  });

  it('lends a sentinel set with its roles', async () => {
    await using set = await leaseSentinel({ broker: broker.address });
    expect(set.replicas).toHaveLength(2);
    expect(set.sentinels).toHaveLength(3);
    const address = await withClient(set.sentinels[2]!.port, (client) =>
      client.command('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', set.primaryName),
    );
    expect(address).toEqual(['127.0.0.1', String(set.primary.port)]);
  });

  it('takes a lease back from a lessee that just vanishes', async () => {
    const lease = await single();
    const taken = lease.node.port;
    await lease.release();
    const vanishing = connectBroker(broker.address);
    const description = await vanishing.call({ method: 'lease', request: { kind: 'server', options: {} } });
    expect(description).toMatchObject({ nodes: [{ port: taken }] });
    const watcher = new RespClient(taken);
    const cutOff = watcher.command('BLPOP', 'nothing', 0).catch((error: Error) => error);
    vanishing.close();
    // The reset of a returned server closes all its connections.
    expect(await cutOff).toBeInstanceOf(Error);
  });

  it('prints a note once', async () => {
    const connection = connectBroker(broker.address);
    for (const line of ['one', 'two', 'one']) await connection.call({ method: 'note', line });
    connection.close();
    expect(notes).toEqual(['one', 'two']);
  });

  it('close ends every server, leased or idle', async () => {
    const own = await startBroker();
    const lease = await leaseServer({ broker: own.address });
    const idle = await leaseServer({ broker: own.address });
    await idle.release();
    await own.close();
    for (const { node } of [lease, idle]) expect(() => process.kill(node.pid, 0)).toThrow('ESRCH');
    await expect(lease.node.restart()).rejects.toThrow('closed');
  });
});

describe.skipIf(!(await requireServers()))('the broker of the running vitest', () => {
  it('needs no address', async () => {
    await using lease = await leaseServer();
    expect(await withClient(lease.node.port, (client) => client.command('PING'))).toBe('PONG');
  });
});
