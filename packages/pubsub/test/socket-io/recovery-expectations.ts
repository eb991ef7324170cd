import type { MatrixContext } from '@penknife/matrix';
import type { Socket } from 'socket.io';
import { type Socket as Client, io as connect } from 'socket.io-client';
import { expect, it } from 'vitest';
import { clustersOf, event } from './cluster.js';
import { heard } from './servers.js';

/** Clients that come back, with what they missed. */
export function recoveryExpectations(context: MatrixContext): void {
  const start = clustersOf(context);

  it('connection state recovery', async () => {
    const options = { connectionStateRecovery: { maxDisconnectionDuration: 60_000 } };
    const { members, servers, expectation } = await start(options);
    /** A client of the first server that has been given an offset. */
    async function begun(): Promise<Client> {
      const opened = connect(members[0]?.address ?? '', {
        transports: ['websocket'],
        reconnectionDelay: 5,
        forceNew: true,
      });
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
      const [socket] = (await connection) as [Socket];
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
