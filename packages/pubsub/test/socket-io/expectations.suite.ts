import { once } from 'node:events';
import type { MatrixContext } from '@penknife/matrix';
import type { Server } from 'socket.io';
import { type Socket as Client, io as connect } from 'socket.io-client';
import { afterEach, expect, it, vi } from 'vitest';
import { until } from '../hearing.js';
import { type Cluster, startCluster } from './cluster.js';
import { heard, whoHears } from './servers.js';

/** `socket.io-adapter`'s own: the requests that wait. */
const waiting = (server: Server, of: 'requests' | 'ackRequests'): number =>
  (server.of('/').adapter as unknown as Record<typeof of, Map<string, unknown>>)[of].size;

const event = (server: Server, name: string) => once(server as unknown as NodeJS.EventEmitter, name);

/**
 * What socket.io expects of an adapter for several servers: the cases of the test suites of `socket.io-adapter` (its cluster
 * adapter), `@socket.io/redis-adapter` and `@socket.io/redis-streams-adapter`, each under the name it has there. Left out:
 * `allRooms` and the custom parser, which are the second's alone.
 */
export function expectationsSuite(context: MatrixContext): void {
  let cluster: Cluster | undefined;
  afterEach(async () => {
    await cluster?.close();
    cluster = undefined;
  });
  async function start(options = {}): Promise<Cluster> {
    cluster = await startCluster(context, options);
    return cluster;
  }

  it('broadcast', async () => {
    const { members, servers, sockets, clients, expectation } = await start();
    await expectation('broadcasts to all clients', async () => {
      const arrived = clients.map((client) => heard(client, 'test'));
      const sent = [1, '2', Buffer.from([3, 4]), { deep: [Buffer.from('x')] }, null];
      servers[0].emit('test', ...sent);
      expect(await Promise.all(arrived)).toEqual([sent, sent, sent]);
    });
    await expectation('broadcasts to all clients in a namespace', async () => {
      for (const server of servers) {
        await (server.of('/custom').adapter as unknown as { ready: Promise<void> }).ready;
      }
      const custom = clients.map((client) => client.io.socket('/custom'));
      await Promise.all(custom.map((socket) => new Promise<void>((done) => socket.on('connect', done))));
      const arrived = custom.map((socket) => heard(socket, 'test'));
      const hears = await whoHears(members, () => servers[0].of('/custom').emit('test', 'there'));
      expect([await Promise.all(arrived), hears]).toEqual([
        [['there'], ['there'], ['there']],
        [false, false, false],
      ]);
      for (const socket of custom) socket.disconnect();
    });
    await expectation('broadcasts to all clients in a room', async () => {
      await sockets[1].join('room1');
      expect(await whoHears(members, () => servers[0].to('room1').emit('test'))).toEqual([
        false,
        true,
        false,
      ]);
    });
    await expectation('broadcasts to a numeric room', async () => {
      await sockets[0].join(123 as never);
      expect(await whoHears(members, () => servers[1].to(123 as never).emit('test'))).toEqual([
        true,
        false,
        false,
      ]);
    });
    await expectation('broadcasts to all clients except in room', async () => {
      await sockets[1].join('room1');
      const emit = () => servers[0].of('/').except('room1').emit('test');
      expect(await whoHears(members, emit)).toEqual([true, false, true]);
      await sockets[1].join('room2');
      await sockets[2].join('room2');
      const both = () => servers[0].to('room2').except('room1').emit('test');
      expect(await whoHears(members, both)).toEqual([false, false, true]);
    });
    await expectation('broadcasts to all clients but the sender', async () => {
      expect(await whoHears(members, () => sockets[0].broadcast.emit('test'))).toEqual([false, true, true]);
      expect(await whoHears(members, () => servers[0].to(sockets[2].id).emit('test'))).toEqual([
        false,
        false,
        true,
      ]);
    });
    await expectation('broadcasts to local clients only', async () => {
      expect(await whoHears(members, () => servers[0].local.emit('test'))).toEqual([true, false, false]);
    });
  });

  it('broadcast with acknowledgements', async () => {
    const { servers, sockets, clients, expectation } = await start();
    const answer = (answers: readonly unknown[]) =>
      answers.forEach((value, i) => {
        clients[i]?.on('test', (callback: (value: unknown) => void) => {
          if (value !== undefined) callback(value);
        });
      });
    await expectation('broadcasts with multiple acknowledgements', async () => {
      answer([1, 2, 3]);
      expect([...(await servers[0].timeout(10_000).emitWithAck('test'))].sort()).toEqual([1, 2, 3]);
    });
    await expectation('broadcasts with multiple acknowledgements (binary content)', async () => {
      answer([1, 2, 3].map((value) => Buffer.from([value])));
      const answers: Buffer[] = await servers[0].timeout(10_000).emitWithAck('test');
      expect(answers.every((each) => Buffer.isBuffer(each))).toBe(true);
      expect(answers.map((each) => each[0]).sort()).toEqual([1, 2, 3]);
    });
    await expectation('broadcasts with multiple acknowledgements (no client)', async () => {
      answer([1, 2, 3]);
      // It is answered by the servers: nobody has to wait for the time to be over.
      expect(await servers[0].to('abc').timeout(10_000).emitWithAck('test')).toEqual([]);
    });
    await expectation('broadcasts with multiple acknowledgements (timeout)', async () => {
      answer([1, 2, undefined]);
      // A machine that stands still may need more than the first time that is given.
      for (const limitMs of [30, 300, 3000]) {
        const outcome = await new Promise<[unknown, unknown[]]>((resolve) => {
          servers[0]
            .timeout(limitMs)
            .emit('test', (error: unknown, answers: unknown[]) => resolve([error, answers]));
        });
        expect(outcome[0]).toBeInstanceOf(Error);
        if (outcome[1].length < 2 && limitMs < 3000) continue;
        expect([...outcome[1]].sort()).toEqual([1, 2]);
        break;
      }
    });
    await expectation('broadcasts with a single acknowledgement (local)', async () => {
      clients[0].on('test', () => expect.fail());
      clients[2].on('test', () => expect.fail());
      clients[1].on('test', (callback: (value: number) => void) => callback(2));
      expect(await sockets[1].emitWithAck('test')).toBe(2);
    });
    await expectation('broadcasts with a single acknowledgement (remote)', async () => {
      clients[0].on('test', () => expect.fail());
      clients[2].on('test', () => expect.fail());
      clients[1].on('test', (callback: (value: number) => void) => callback(2));
      const found = await servers[0].in(sockets[1].id).fetchSockets();
      expect(found).toHaveLength(1);
      expect(await found[0]?.timeout(10_000).emitWithAck('test')).toBe(2);
    });
  });

  it('socketsJoin and socketsLeave', async () => {
    const { servers, sockets, expectation } = await start();
    const inside = (room: string) => sockets.map(({ rooms }) => rooms.has(room));
    const settled = (room: string, wanted: boolean[]) =>
      until(context, `${room}: ${wanted}`, () => inside(room).join() === wanted.join());
    await expectation('makes all socket instances join the specified room', async () => {
      servers[0].socketsJoin('room1');
      await settled('room1', [true, true, true]);
    });
    await expectation('makes the matching socket instances join the specified room', async () => {
      await sockets[0].join('room1');
      await sockets[2].join('room1');
      servers[0].in('room1').socketsJoin('room2');
      await settled('room2', [true, false, true]);
    });
    await expectation('makes the given socket instance join the specified room', async () => {
      servers[0].in(sockets[1].id).socketsJoin('room3');
      await settled('room3', [false, true, false]);
    });
    await expectation('makes all socket instances leave the specified room', async () => {
      await sockets[0].join('room1');
      await sockets[2].join('room1');
      servers[0].socketsLeave('room1');
      await settled('room1', [false, false, false]);
    });
    await expectation('makes the matching socket instances leave the specified room', async () => {
      await sockets[0].join(['room1', 'room2']);
      await sockets[1].join(['room1', 'room2']);
      await sockets[2].join('room2');
      servers[0].in('room1').socketsLeave('room2');
      await settled('room2', [false, false, true]);
    });
    await expectation('makes the given socket instance leave the specified room', async () => {
      for (const socket of sockets) await socket.join('room3');
      servers[0].in(sockets[1].id).socketsLeave('room3');
      await settled('room3', [true, false, true]);
    });
  });

  it('fetchSockets', async () => {
    const { servers, sockets, expectation } = await start();
    await expectation('returns all socket instances', async () => {
      const found = await servers[0].fetchSockets();
      expect(found.map(({ id }) => id).sort()).toEqual(sockets.map(({ id }) => id).sort());
      expect(waiting(servers[0], 'requests')).toBe(0);
    });
    await expectation('returns a single socket instance', async () => {
      sockets[1].data = { name: 'ada', bytes: Buffer.from([1]) };
      const [remote] = await servers[0].in(sockets[1].id).fetchSockets();
      expect(remote?.handshake).toEqual(JSON.parse(JSON.stringify(sockets[1].handshake)));
      expect(remote?.data).toEqual({ name: 'ada', bytes: Buffer.from([1]) });
      expect(remote?.rooms.size).toBe(1);
    });
    await expectation('returns only local socket instances', async () => {
      expect((await servers[0].local.fetchSockets()).map(({ id }) => id)).toEqual([sockets[0].id]);
    });
  });

  it('disconnectSockets', async () => {
    const { servers, clients, expectation } = await start();
    await expectation('sends a packet before all socket instances disconnect', async () => {
      const story = clients.map((client) => {
        const heard: string[] = [];
        client.on('bye', () => heard.push('bye'));
        return new Promise<string[]>((resolve) => {
          client.once('disconnect', (reason) => resolve([...heard, reason]));
        });
      });
      servers[0].emit('bye');
      servers[0].disconnectSockets(true);
      for (const each of await Promise.all(story)) expect(each).toEqual(['bye', 'io server disconnect']);
    });
    await expectation('makes all socket instances disconnect', async () => {
      const back = servers.map((server) => event(server, 'connection'));
      for (const client of clients) client.connect();
      await Promise.all(back);
      const gone = clients.map((client) => new Promise((resolve) => client.once('disconnect', resolve)));
      servers[0].disconnectSockets(true);
      expect(await Promise.all(gone)).toEqual(Array(3).fill('io server disconnect'));
    });
  });

  it('serverSideEmit', async () => {
    const { members, servers, expectation } = await start();
    const [one, two, three] = servers;
    const emit = (): Promise<[error: Error | null, answers: unknown[]]> =>
      new Promise((resolve) => {
        one.serverSideEmit('hello', (error: Error | null, answers: unknown[]) => resolve([error, answers]));
      });
    const notForOneself = () => one.on('hello', () => expect.fail('it is not for oneself'));
    await expectation('sends an event to other server instances', async () => {
      notForOneself();
      const told = Promise.all([two, three].map((server) => event(server, 'hello')));
      one.serverSideEmit('hello', 'world', 1, '2');
      expect(await told).toEqual(Array(2).fill(['world', 1, '2']));
    });
    await expectation('sends an event and receives a response from the other server instances', async () => {
      notForOneself();
      two.on('hello', (answer: (value: unknown) => void) => answer(2));
      three.on('hello', (answer: (value: unknown) => void) => answer('3'));
      const [error, answers] = await emit();
      expect([error, new Set(answers)]).toEqual([null, new Set([2, '3'])]);
    });
    if (context.column.memory) {
      // socket.io waits five seconds: on memory alone, where nothing else goes by the machine's timers.
      await expectation('sends an event but timeout if one server does not respond', async () => {
        two.on('hello', (answer: (value: number) => void) => answer(2));
        const asked = event(three, 'hello');
        vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
        try {
          const outcome = emit();
          await asked;
          await until(context, 'the other answer', () => {
            const [request] = (
              one.of('/').adapter as unknown as { requests: Map<string, { current: number }> }
            ).requests.values();
            return request?.current === 1;
          });
          vi.advanceTimersByTime(5000);
          const [error, answers] = await outcome;
          expect([error?.message, answers]).toEqual([
            'timeout reached: only 1 responses received out of 2',
            [2],
          ]);
        } finally {
          vi.useRealTimers();
        }
      });
    }
    await expectation('succeeds even if an instance leaves the cluster', async () => {
      notForOneself();
      two.on('hello', (answer: (value: number) => void) => answer(2));
      three.on('hello', () => void three.of('/').adapter.close());
      expect(await emit()).toEqual([null, [2]]);
      expect(waiting(one, 'requests')).toBe(0);
      expect(await one.fetchSockets()).toHaveLength(2);
    });
    await expectation('unsubscribes when close is called', async () => {
      const live = () => members[2]?.pubsub.stats().flatMap((channel) => channel.live);
      await until(context, 'nothing is listened to', () => live()?.length === 0);
    });
  });

  it('connection state recovery', async () => {
    const options = { connectionStateRecovery: { maxDisconnectionDuration: 60_000 } };
    const { members, servers, expectation } = await start(options);
    let client: Client | undefined;
    /** A client of the first server that has been given an offset. */
    async function begun(): Promise<Client> {
      client = connect(members[0]?.address ?? '', {
        transports: ['websocket'],
        reconnectionDelay: 5,
        forceNew: true,
      });
      const opened = client;
      await new Promise<void>((connected) => opened.once('connect', connected));
      expect(opened.recovered).toBe(false);
      const init = heard(opened, 'init');
      servers[1].emit('init');
      await init;
      return opened;
    }
    /** Cuts it off, does something, and waits until it is back. */
    async function cutOff(opened: Client, meanwhile: () => unknown = () => undefined): Promise<void> {
      const left = new Promise<void>((done) => opened.once('disconnect', () => done()));
      const back = new Promise<void>((done) => opened.once('connect', done));
      opened.io.engine.close();
      await left;
      await meanwhile();
      await back;
    }
    await expectation('should restore the session', async () => {
      const opened = await begun();
      const { id } = opened;
      await cutOff(opened);
      expect([opened.recovered, opened.id]).toEqual([true, id]);
      opened.disconnect();
    });
    await expectation('should restore any missed packets', async () => {
      const connection = event(servers[0], 'connection');
      const opened = await begun();
      const [socket] = await connection;
      await socket.join('room1');
      const events: number[] = [];
      opened.on('test', (value: number) => events.push(value));
      socket.once('disconnect', () => {
        socket.emit('test', 1);
        servers[0].emit('test', 2);
        servers[0].to('room1').emit('test', 3);
        servers[0].to('room2').emit('test', 4);
        servers[0].except('room1').emit('test', 5);
        servers[0].of('/foo').emit('test', 6);
      });
      await cutOff(opened);
      expect(opened.recovered).toBe(true);
      const marked = heard(opened, 'marker');
      servers[0].emit('marker');
      await marked;
      expect(events).toEqual([1, 2, 3]);
      opened.disconnect();
    });
    for (const [name, spoil] of [
      ['should fail to restore an unknown session (invalid session ID)', { _pid: 'abc' }],
      ['should fail to restore an unknown session (invalid offset)', { _lastOffset: 'abc' }],
    ] as const) {
      await expectation(name, async () => {
        const opened = await begun();
        await cutOff(opened, () => Object.assign(opened, spoil));
        expect(opened.recovered).toBe(false);
        opened.disconnect();
      });
    }
  });
}
