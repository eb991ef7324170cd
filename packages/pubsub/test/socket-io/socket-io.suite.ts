import { once } from 'node:events';
import type { MatrixContext } from '@penknife/matrix';
import type { ServerOptions } from 'socket.io';
import { afterEach, expect, it } from 'vitest';
import { createPubSub, defineChannel, pubSubKeys } from '../../src/index.js';
import { createSocketIoAdapter } from '../../src/socket-io.js';
import { until } from '../hearing.js';
import { heard, type Member, startMember, whoHears } from './servers.js';

/** What an adapter of ours promises beyond socket.io's own expectations, on whatever the context runs on. */
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
