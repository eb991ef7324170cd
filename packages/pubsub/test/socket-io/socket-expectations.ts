import type { MatrixContext } from '@penknife/matrix';
import { expect, it } from 'vitest';
import { until } from '../hearing.js';
import { clustersOf, event, waiting } from './cluster.js';

/** What is done to the sockets of all servers. */
export function socketExpectations(context: MatrixContext): void {
  const start = clustersOf(context);

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
      // The second server had nobody to take out: who answers has been told, and must not do it in the next expectation.
      await servers[0].fetchSockets();
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
      expect(waiting(servers[0])).toBe(0);
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
}
