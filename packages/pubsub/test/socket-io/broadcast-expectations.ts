import type { MatrixContext } from '@penknife/matrix';
import { expect, it } from 'vitest';
import { clustersOf } from './cluster.js';
import { heard, whoHears } from './servers.js';

/** What reaches which clients, and their acknowledgements. */
export function broadcastExpectations(context: MatrixContext): void {
  const start = clustersOf(context);

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
}
