import type { MatrixContext } from '@penknife/matrix';
import { beforeEach, expect, it } from 'vitest';
import { defineChannel } from '../../src/index.js';
import { socketInstances } from './instances.js';

const log = defineChannel('room:{room}:log', { delivery: 'log', history: { size: 5 } });

/** Clients that were cut and come back, on whatever the context runs on. */
export function resumeSuite(context: MatrixContext): void {
  let room = '';
  let rooms = 0;
  beforeEach(() => {
    room = `r${++rooms}`;
  });
  const { instance } = socketInstances(context, [log]);

  it('a client that comes back with its last `at` reads on from there, on another instance too', async () => {
    const [one, other] = [await instance(), await instance()];
    const name = `room:${room}:log`;
    const first = await one.server.connect();
    await first.ask({ type: 'join', room: name });
    const publish = (message: number) => one.pubsub.channel(log).publish({ room }, message);
    await publish(1);
    const { at } = await first.next();
    first.socket.terminate();
    for (const message of [2, 3]) await publish(message);
    const second = await other.server.connect();
    expect(await second.ask({ type: 'join', room: name, since: at })).toMatchObject({ type: 'joined', at });
    expect([(await second.next()).message, (await second.next()).message]).toEqual([2, 3]);
    expect(await second.next()).toMatchObject({ type: 'gap', recovered: true, missed: 2, reason: 'resume' });
    for (const message of [4, 5, 6, 7, 8]) await publish(message);
    const late = await other.server.connect();
    await late.ask({ type: 'join', room: name, since: at });
    const gap = await late.next();
    expect(gap).toMatchObject({ type: 'gap', recovered: false, missed: 2, unrecovered: 'truncated' });
    expect(gap.at).toMatch(/:3$/);
    expect((await late.next()).message).toBe(4);
    const newcomer = await other.server.connect();
    expect(await newcomer.ask({ type: 'join', room: name, since: 'oldest' })).toMatchObject({ at: 'oldest' });
    expect((await newcomer.next()).message).toBe(4);
  });

  it('a client that comes back after the server fell back, or its history went, is told so, and hears all that follows', async () => {
    const writer = await instance();
    const name = `room:${room}:log`;
    const [head, history] = ['head', 'history'].map((kind) => `pk:ps1:${kind}:{${name}}`) as [string, string];
    const publish = (message: string) => writer.pubsub.channel(log).publish({ room }, message);
    const first = await writer.server.connect();
    await first.ask({ type: 'join', room: name });
    for (const message of ['1', '2']) await publish(message);
    const copy = `${history}:kept`;
    await context.admin('COPY', history, copy);
    await publish('3');
    const at = [await first.next(), await first.next(), await first.next()].at(-1).at as string;
    const [epoch] = at.split(':');
    first.socket.terminate();
    // To other nodes of a cluster it takes its time: told after the fall it would be the third.
    await context.advance(50);
    /** On an instance that nobody has listened on, as after a cut. */
    const comeBack = async () => {
      const { server } = await instance();
      const client = await server.connect();
      expect(await client.ask({ type: 'join', room: name, since: at })).toMatchObject({ type: 'joined', at });
      return client;
    };

    // As a failover to a replica that had only two of them.
    await context.admin('SET', head, `${epoch}:2`, 'PX', 60_000);
    await context.admin('COPY', copy, history, 'REPLACE');
    await context.admin('DEL', copy);
    const behind = await comeBack();
    const fellBack = { type: 'gap', room: name, recovered: false, reason: 'resume', unrecovered: 'rewound' };
    expect(await behind.next()).toMatchObject({ ...fellBack, at: `${epoch}:2` });
    await publish("3'");
    expect(await behind.next()).toEqual({ type: 'message', room: name, at, message: "3'" });

    await context.admin('DEL', head);
    await context.admin('DEL', history);
    const nowhere = await comeBack();
    expect(await nowhere.next()).toMatchObject({ ...fellBack, unrecovered: 'no-history' });
    await publish('anew');
    expect(await nowhere.next()).toMatchObject({ type: 'message', message: 'anew' });
    const anew = await comeBack();
    expect(await anew.next()).toMatchObject({ ...fellBack, unrecovered: 'new-epoch' });
    const next = await anew.next();
    expect(next).toMatchObject({ type: 'message', message: 'anew' });
    expect(next.at).not.toContain(epoch);
  });
}
