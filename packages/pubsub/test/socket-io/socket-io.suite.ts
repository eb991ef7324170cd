import { once } from 'node:events';
import type { MatrixContext } from '@penknife/matrix';
import type { ServerOptions } from 'socket.io';
import { afterEach, expect, it } from 'vitest';
import { createPubSub, defineChannel, pubSubKeys } from '../../src/index.js';
import { createSocketIoAdapter } from '../../src/socket-io.js';
import { until } from '../hearing.js';
import { heard, type Member, startMember, whoHears } from './servers.js';

/** What socket.io expects of an adapter for several servers, as its own adapters are tested, on whatever the context runs on. */
export function socketIoSuite(context: MatrixContext): void {
  const members: Member[] = [];
  afterEach(async () => {
    await Promise.all(members.splice(0).map((member) => member.close()));
  });
  async function start(
    count: number,
    options: Partial<ServerOptions> = {},
  ): Promise<readonly [Member, ...Member[]]> {
    for (let i = 0; i < count; i++) members.push(await startMember(await context.driver(), options));
    return members as unknown as readonly [Member, ...Member[]];
  }

  it('broadcasts: to all, to rooms, to all but some, here only; bytes arrive as bytes', async () => {
    const all = await start(3);
    const [one, two, three] = all as unknown as [Member, Member, Member];
    const args = [1, '2', Buffer.from([3, 0, 255]), { deep: [Buffer.from('x')] }, null];
    const arrived = all.map(({ client }) => heard(client, 'all'));
    two.io.emit('all', ...args);
    for (const each of await Promise.all(arrived)) expect(each).toEqual(args);
    await two.socket.join('a');
    await three.socket.join(['a', 'b']);
    expect(await whoHears(all, () => one.io.to('a').emit('test'))).toEqual([false, true, true]);
    expect(await whoHears(all, () => one.io.to('a').except('b').emit('test'))).toEqual([false, true, false]);
    expect(await whoHears(all, () => one.io.except('a').emit('test'))).toEqual([true, false, false]);
    expect(await whoHears(all, () => one.io.to(['b', 'c']).emit('test'))).toEqual([false, false, true]);
    expect(await whoHears(all, () => one.socket.broadcast.emit('test'))).toEqual([false, true, true]);
    expect(await whoHears(all, () => one.io.local.emit('test'))).toEqual([true, false, false]);
    expect(await whoHears(all, () => one.io.to(three.socket.id).emit('test'))).toEqual([false, false, true]);
    expect(await whoHears(all, () => one.io.of('/other').emit('test'))).toEqual([false, false, false]);
  });

  it('acknowledgements come from the clients of all servers', async () => {
    const all = await start(3);
    for (const [i, { client }] of all.entries())
      client.on('test', (answer: (n: number) => void) => answer(i));
    const answers = await all[0].io.timeout(10_000).emitWithAck('test');
    expect([...answers].sort()).toEqual([0, 1, 2]);
  });

  it('sockets of all servers join rooms, leave them, and are disconnected', async () => {
    const all = await start(3);
    const [one, two, three] = all as unknown as [Member, Member, Member];
    const roomsOf = () => all.map(({ socket }) => [...socket.rooms].filter((room) => room !== socket.id));
    const settled = async (rooms: string[][]) => {
      await until(context, JSON.stringify(rooms), () => JSON.stringify(roomsOf()) === JSON.stringify(rooms));
    };
    one.io.socketsJoin('a');
    await settled([['a'], ['a'], ['a']]);
    await two.socket.join('b');
    one.io.in('b').socketsJoin(['c', 'd']);
    await settled([['a'], ['a', 'b', 'c', 'd'], ['a']]);
    one.io.socketsLeave('a');
    one.io.in('c').socketsLeave('d');
    await settled([[], ['b', 'c'], []]);
    const gone = new Promise<string>((resolve) => two.client.once('disconnect', resolve));
    one.io.in('b').disconnectSockets(true);
    expect(await gone).toMatch(/disconnect|close/);
    expect([one.client.connected, three.client.connected]).toEqual([true, true]);
  });

  it('fetchSockets finds those of all servers, with their rooms and data', async () => {
    const all = await start(3);
    const [one, two, three] = all as unknown as [Member, Member, Member];
    two.socket.data = { name: 'ada', bytes: Buffer.from([1]) };
    await three.socket.join('a');
    const ids = (sockets: readonly { readonly id: string }[]) => sockets.map(({ id }) => id).sort();
    const found = await one.io.fetchSockets();
    expect(ids(found)).toEqual(ids(all.map(({ socket }) => socket)));
    const ada = found.find(({ id }) => id === two.socket.id);
    expect(ada?.data).toEqual({ name: 'ada', bytes: Buffer.from([1]) });
    expect(ada?.handshake).toMatchObject({ url: expect.stringContaining('EIO=4') });
    expect(ids(await one.io.in('a').fetchSockets())).toEqual([three.socket.id]);
    expect(ids(await one.io.local.fetchSockets())).toEqual([one.socket.id]);
  });

  it('servers talk to each other, with answers or without', async () => {
    const [one, two, three] = (await start(3)) as unknown as [Member, Member, Member];
    const told = Promise.all(
      [two, three].map(({ io }) => once(io as unknown as NodeJS.EventEmitter, 'hello')),
    );
    one.io.on('hello', () => expect.fail('it is not for oneself'));
    one.io.serverSideEmit('hello', 1, 'two');
    expect(await told).toEqual([
      [1, 'two'],
      [1, 'two'],
    ]);
    two.io.on('sum', (a: number, b: number, answer: (n: number) => void) => answer(a + b));
    three.io.on('sum', (a: number, b: number, answer: (n: number) => void) => answer(a * b));
    const sums = await one.io.serverSideEmitWithAck('sum', 3, 4);
    expect([...sums].sort((a, b) => a - b)).toEqual([7, 12]);
  });

  it('trap 19: a server that has gone, or died, is not waited for', async () => {
    const [one, two] = (await start(2)) as unknown as [Member, Member];
    const adapter = () => one.io.of('/').adapter;
    expect(await adapter().serverCount()).toBe(2);
    await two.close();
    expect(await adapter().serverCount()).toBe(1);
    expect(await one.io.fetchSockets()).toHaveLength(1);
    // As after a SIGKILL: a lease that is over.
    const leases = pubSubKeys.in('pk').responders(['socket-io', '/']);
    expect(await context.admin('ZCARD', leases)).toBe(1);
    await context.admin('ZADD', leases, 1, 'dead');
    expect(await one.io.serverSideEmitWithAck('anybody')).toEqual([]);
  });

  it('trap 1: whatever somebody publishes on its channels is left out, and harms nobody', async () => {
    const all = await start(2);
    const [one] = all;
    const foreign = createPubSub(await context.driver());
    const channel = foreign.channel(defineChannel('socket-io:{namespace}', { delivery: 'log' }));
    await channel.publish({ namespace: '/' }, { type: 3 });
    const onServer =
      one.pubsub.stats().find(({ template }) => template.startsWith('socket-io:'))?.live[0]?.channel ?? '';
    expect(onServer).toMatch(/^pk:ps1:channel:\{socket-io:/);
    for (const message of [
      'hello',
      '',
      '\u00021#aaaaaaaaaaaa1;e:1\n{"value":1,"places":[[["__proto__"],1]]}x',
    ]) {
      await context.admin('PUBLISH', onServer, message);
    }
    expect(await whoHears(all, () => one.io.emit('test'))).toEqual([true, true]);
    expect(one.io.engine.clientsCount).toBe(1);
  });

  it('what was emitted while the feed was cut arrives', async () => {
    const all = await start(2);
    const [one, two] = all as unknown as [Member, Member];
    const got: number[] = [];
    two.client.on('count', (n: number) => got.push(n));
    for (let n = 1; n <= 20; n++) {
      if (n % 5 === 0) await context.admin('CLIENT', 'KILL', 'TYPE', 'pubsub');
      one.io.emit('count', n);
    }
    await until(context, 'all of them', () => got.length >= 20);
    expect(got).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
  });

  it('a client that comes back on another server has its rooms, its data, and what it missed', async () => {
    const options = { connectionStateRecovery: { maxDisconnectionDuration: 60_000, skipMiddlewares: true } };
    const [one, two] = (await start(2, options)) as unknown as [Member, Member];
    one.socket.data.name = 'ada';
    await one.socket.join('a');
    const first = heard(one.client, 'test');
    one.io.emit('test', 'seen');
    await first;
    const missed: unknown[] = [];
    const { id } = one.client;
    one.client.on('test', (...args: unknown[]) => missed.push(args[0]));
    const persisted = once(one.socket as unknown as NodeJS.EventEmitter, 'disconnect');
    // The next attempt goes to the other server.
    (one.client.io as unknown as { uri: string }).uri = two.address;
    const back = once(two.io as unknown as NodeJS.EventEmitter, 'connection');
    two.io.of('/').use((_, next) => next());
    one.client.io.reconnection(false);
    one.client.io.engine.close();
    await persisted;
    await until(context, 'the session is kept', () => true);
    for (let turn = 0; turn < 100; turn++) {
      if (((await context.admin('KEYS', 'pk:ps1:session:*')) as unknown[]).length > 0) break;
      await context.advance(1);
    }
    two.io.to('a').emit('test', 'missed', Buffer.from([7]));
    two.io.to('b').emit('test', 'not for this room');
    two.io.except('a').emit('test', 'not for this one');
    two.io.volatile.emit('test', 'not kept');
    one.client.io.reconnection(true);
    one.client.connect();
    const [socket] = await back;
    expect([socket.recovered, socket.id, socket.data, socket.rooms.has('a')]).toEqual([
      true,
      id,
      { name: 'ada' },
      true,
    ]);
    const last = heard(one.client, 'marker');
    two.io.emit('marker');
    await last;
    expect(missed).toEqual(['missed']);
  });

  it('refuses what is no ClusterAdapter', async () => {
    const pubsub = createPubSub(await context.driver());
    for (const wrong of [undefined, class {}, {}]) {
      expect(() => createSocketIoAdapter(pubsub, { ClusterAdapter: wrong as never })).toThrow(
        /ClusterAdapter must be/,
      );
    }
  });
}
