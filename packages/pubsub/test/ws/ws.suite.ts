import { once } from 'node:events';
import type { StandardSchema } from '@penknife/core';
import type { MatrixContext } from '@penknife/matrix';
import { createChaosDriver } from '@penknife/testing';
import { beforeEach, expect, it } from 'vitest';
import { createPubSub, defineChannel } from '../../src/index.js';
import { createSocketBridge } from '../../src/ws.js';
import { until } from '../hearing.js';
import { socketInstances } from './instances.js';

const words: StandardSchema<string> = {
  '~standard': {
    version: 1,
    vendor: 'test',
    validate: (value) =>
      typeof value === 'string' ? { value } : { issues: [{ message: 'must be a string' }] },
  },
};
const log = defineChannel('room:{room}:log', { delivery: 'log', history: { size: 5 } });
const latest = defineChannel('room:{room}:latest', { delivery: 'latest' });
const fire = defineChannel('room:{room}:fire');
const typed = defineChannel('room:{room}:typed', { schema: words });
const hidden = defineChannel('hidden:{room}');

/** Rooms for sockets, on whatever the context runs on. */
export function wsSuite(context: MatrixContext): void {
  let room = '';
  let rooms = 0;
  beforeEach(() => {
    room = `w${++rooms}`;
  });
  const { serve, instance } = socketInstances(context, [log, latest, fire, typed]);

  it('a room reaches its clients on every instance, and only while they are in it', async () => {
    const [one, other] = [await instance(), await instance()];
    const [ada, bob] = [await one.server.connect('ada'), await other.server.connect('bob')];
    const name = `room:${room}:log`;
    for (const client of [ada, bob]) {
      expect(await client.ask({ type: 'join', id: 1, room: name })).toEqual({
        type: 'joined',
        id: 1,
        room: name,
        at: expect.stringMatching(/^none:\d{13}$/),
      });
    }
    expect(one.bridge.stats()).toMatchObject({ sockets: 1, joined: 1 });
    ada.say({ type: 'publish', id: 'p', room: name, message: { text: 'hello' } });
    const [told, heard] = [[await ada.next(), await ada.next()], await bob.next()];
    const { at } = heard;
    expect(heard).toEqual({ type: 'message', room: name, at, message: { text: 'hello' } });
    expect(at).toMatch(/^[\w-]+:1$/);
    // Its own answer and the message may come in either order.
    expect(told.find(({ type }) => type === 'published')).toEqual({
      type: 'published',
      id: 'p',
      room: name,
      at,
    });
    expect(told.find(({ type }) => type === 'message')).toEqual(heard);
    expect(await bob.ask({ type: 'leave', id: 2, room: name })).toEqual({ type: 'left', id: 2, room: name });
    await one.pubsub.channel(log).publish({ room }, 2);
    expect(await ada.next()).toMatchObject({ message: 2 });
    expect(await bob.ask({ type: 'leave', room: 'never joined' })).toMatchObject({ type: 'left' });
    expect(bob.heard).toHaveLength(4);
    expect(other.pubsub.channel(log).stats().live).toEqual([]);
  });

  it('trap 9: a client knows that it is in before anything reaches it, and from where on', async () => {
    const { pubsub, server } = await instance();
    await pubsub.channel(latest).publish({ room }, 'retained');
    const client = await server.connect();
    const told = await client.ask({ type: 'join', room: `room:${room}:latest`, since: 'x:1' });
    expect([told.type, await client.next()]).toMatchObject([
      'joined',
      { type: 'message', message: 'retained' },
    ]);
    // Published while it joins: its place in the order is before whatever comes.
    for (let round = 0; round < 10; round++) {
      const name = `room:${room}-${round}:log`;
      client.say({ type: 'join', room: name });
      const sent = await Promise.all(
        [1, 2, 3].map((i) => pubsub.channel(log).publish({ room: `${room}-${round}` }, i)),
      );
      const { type, at } = await client.next();
      // Who was in before the first of them has a time instead of an offset.
      const begun = at.startsWith('none:') ? 0 : Number(at.split(':')[1]);
      expect([type, begun >= 0]).toEqual(['joined', true]);
      for (let offset = begun + 1; offset <= 3; offset++) {
        expect((await client.next()).at).toBe(`${sent[0]?.position.epoch}:${offset}`);
      }
    }
  });

  it('rooms are named as by encodeURIComponent; other spellings of a room are the same room', async () => {
    const { pubsub, server } = await instance();
    const client = await server.connect();
    const odd = `${room} é:*{x}/%`;
    const spellings = [`room:${encodeURIComponent(odd)}:fire`, `r%6fom:${encodeURIComponent(odd)}:fire`];
    for (const spelling of spellings) await client.ask({ type: 'join', room: spelling });
    await pubsub.channel(fire).publish({ room: odd }, 'found');
    expect([await client.next(), await client.next()]).toEqual(
      spellings.map((spelling) => ({ type: 'message', room: spelling, message: 'found' })),
    );
  });

  it('what a client may not do, or says wrongly, is refused with the reason, and harms nobody', async () => {
    const { bridge, server } = await instance({
      channels: [log, typed],
      roomLimit: 1,
      messageLimit: 5000,
      allow: (who, { act, template, params }) => {
        if (who === 'eve') throw new Error('no such user');
        return act === 'join' || (template === typed.template.text && params.room === room);
      },
    });
    const [ada, eve] = [await server.connect('ada'), await server.connect('eve')];
    const name = `room:${room}:typed`;
    const why = async (message: unknown) => (await ada.ask(message)).why;
    expect(await why('no json')).toBe('malformed');
    for (const wrong of [
      {},
      { type: 'join' },
      { type: 'shout', room: name },
      { type: 'publish', room: name },
    ]) {
      expect(await why(wrong)).toBe('malformed');
    }
    expect(await why('[1]')).toBe('malformed');
    expect(await why({ type: 'join', room: `room:${room}:log`, since: 'yesterday' })).toBe('malformed');
    expect(await why('x'.repeat(5001))).toBe('too-large');
    for (const unknown of [
      `hidden:${room}`,
      'room::log',
      'room:%:log',
      `room:${'x'.repeat(200)}:log`,
      'room:*',
    ]) {
      expect(await why({ type: 'join', room: unknown })).toBe('unknown-room');
    }
    ada.socket.send(Buffer.from('{}'), { binary: true });
    expect(await ada.next()).toEqual({ type: 'refused', why: 'malformed' });
    expect(await why({ type: 'publish', room: `room:${room}:log`, message: 1 })).toBe('not-allowed');
    expect(await ada.ask({ type: 'publish', id: 7, room: name, message: 1 })).toEqual({
      type: 'refused',
      id: 7,
      room: name,
      why: 'unfit',
    });
    expect(await ada.ask({ type: 'join', room: name })).toMatchObject({ type: 'joined' });
    expect(await ada.ask({ type: 'join', room: name })).toMatchObject({ type: 'joined' });
    expect(await why({ type: 'join', room: `room:${room}:log` })).toBe('too-many-rooms');
    expect(await eve.ask({ type: 'join', room: name })).toMatchObject({ why: 'not-allowed' });
    expect(bridge.stats()).toMatchObject({ sockets: 2, joined: 1 });
  });

  it('who says more than is answered, or leaves while joining, is let go without a trace', async () => {
    let decide: () => void = () => undefined;
    const decided = new Promise<boolean>((resolve) => {
      decide = () => resolve(true);
    });
    const { bridge, pubsub, server } = await instance({ allow: () => decided });
    const [flood, gone] = [await server.connect(), await server.connect()];
    for (let i = 0; i < 102; i++) flood.say({ type: 'join', room: `room:${i}:log` });
    expect(await flood.closed).toBe(1008);
    gone.say({ type: 'join', room: `room:${room}:log` });
    const [, end] = server.sockets;
    const ended = once(end as object as NodeJS.EventEmitter, 'close');
    gone.socket.terminate();
    await ended;
    decide();
    await until(context, 'nobody is left', () => bridge.stats().sockets === 0);
    await until(context, 'nothing is listened to', () => pubsub.channel(log).stats().live.length === 0);
  });

  it('what the server refuses is said, and whether it may have happened', async () => {
    const chaos = createChaosDriver(await context.driver(), {
      seed: 1,
      plan: ({ name }) => (name === 'PUBLISH' ? 'drop-after' : 'drop-before'),
    });
    const { server } = await serve(createPubSub(chaos.driver, { probe: false, positionCheck: false }));
    const client = await server.connect();
    const why = async (message: unknown) => (await client.ask(message)).why;
    expect(await why({ type: 'publish', room: `room:${room}:fire`, message: 1 })).toBe('uncertain');
    expect(await why({ type: 'publish', room: `room:${room}:log`, message: 1 })).toBe('unavailable');
    expect(await why({ type: 'join', room: `room:${room}:log` })).toBe('unavailable');
    chaos.calm(true);
    expect(await client.ask({ type: 'join', room: `room:${room}:log` })).toMatchObject({ type: 'joined' });
  });

  it('closing ends all subscriptions and tells the clients to come back elsewhere', async () => {
    const { bridge, pubsub, server } = await instance();
    const [ada, bob] = [await server.connect(), await server.connect()];
    await ada.ask({ type: 'join', room: `room:${room}:log` });
    await bob.ask({ type: 'join', room: `room:${room}:fire` });
    await bridge.close();
    await bridge.close();
    expect([await ada.closed, await bob.closed]).toEqual([1001, 1001]);
    expect([log, fire].map((each) => pubsub.channel(each).stats().live)).toEqual([[], []]);
    expect(await (await server.connect()).closed).toBe(1001);
  });

  it('a socket that is gone before it is handed over is not kept', async () => {
    const { bridge, server } = await instance();
    const client = await server.connect();
    client.socket.terminate();
    const [end] = server.sockets;
    await until(context, 'it is gone', () => bridge.stats().sockets === 0 && end?.readyState === 3);
    // As by a server that first has to find out whose it is.
    bridge.connect(end as NonNullable<typeof end>, 'ada');
    expect(bridge.stats()).toMatchObject({ sockets: 0, joined: 0 });
  });

  it('refuses bad options by name', async () => {
    const pubsub = createPubSub(await context.driver());
    const allow = () => true;
    for (const [options, rule] of [
      [{ channels: [], allow }, /channels must be/],
      [{ channels: [hidden] }, /allow must be/],
      [{ channels: [hidden], allow, overflow: 'latest-per-key' }, /overflow must be/],
      [{ channels: [hidden], allow, roomLimit: 0 }, /roomLimit must be/],
      [{ channels: [hidden], allow, bufferLimit: 1.5 }, /bufferLimit must be/],
      [{ channels: [hidden], allow, heartbeat: 1 }, /heartbeat/],
    ] as const) {
      expect(() => createSocketBridge(pubsub, options as never)).toThrow(rule);
    }
  });

  const onceOnly = 'it is about the socket, not about the server';
  const big = 'x'.repeat(2 ** 19);

  context.where(context.column.memory, onceOnly)(
    'a slow client is closed with 1013, loses nothing when it comes back, and keeps nobody waiting',
    async () => {
      const { bridge, pubsub, server } = await instance({ bufferLimit: 1, queueLimit: 2 });
      const [slow, quick] = [await server.connect(), await server.connect()];
      const name = `room:${room}:log`;
      for (const client of [slow, quick]) await client.ask({ type: 'join', room: name });
      await pubsub.channel(log).publish({ room }, 0);
      const { at } = await slow.next();
      await quick.next();
      slow.socket.pause();
      let sent = 0;
      // The kernel takes some megabytes; then it is seen that nobody reads.
      while (bridge.stats().tooSlow === 0 && sent < 100) {
        await pubsub.channel(log).publish({ room }, `${++sent}${big}`);
        expect((await quick.next()).message).toBe(`${sent}${big}`);
      }
      expect(bridge.stats()).toMatchObject({ tooSlow: 1, joined: 1 });
      slow.socket.resume();
      expect(await slow.closed).toBe(1013);
      const last = slow.heard.at(-1);
      const again = await server.connect();
      await again.ask({ type: 'join', room: name, since: last.at ?? at });
      const missing: string[] = [];
      for (let next = await again.next(); next.reason !== 'resume'; next = await again.next())
        missing.push(next.message);
      expect(missing.at(-1)).toBe(`${sent}${big}`);
      expect(missing[0]).toBe(`${Number.parseInt(last.message, 10) + 1}${big}`);
    },
  );

  context.where(context.column.memory, onceOnly)(
    'a slow client that is kept hears what it lost, in place; its memory is bounded meanwhile',
    async () => {
      const overflow = 'drop-oldest';
      const { pubsub, server } = await instance({ bufferLimit: 1, queueLimit: 3, overflow });
      const client = await server.connect();
      await client.ask({ type: 'join', room: `room:${room}:fire` });
      client.socket.pause();
      let sent = 0;
      // The kernel takes some megabytes first.
      while (pubsub.channel(fire).stats().dropped < 5 && sent < 200) {
        await pubsub.channel(fire).publish({ room }, `${++sent} ${big}`);
      }
      const [end] = server.sockets;
      // What the kernel did not take: two messages in the socket, three in the queue.
      expect(end?.bufferedAmount).toBeLessThan(3 * big.length);
      expect(pubsub.channel(fire).stats().dropped).toBeGreaterThan(0);
      client.socket.resume();
      const order: (number | { missed: number })[] = [];
      while (order.at(-1) !== sent) {
        const next = await client.next();
        order.push(next.type === 'gap' ? { missed: next.missed } : Number.parseInt(next.message, 10));
      }
      let at = 0;
      for (const step of order) {
        if (typeof step === 'number') expect(step).toBe(++at);
        else at += step.missed;
      }
      expect(order.some((step) => typeof step !== 'number')).toBe(true);
    },
  );

  context.where(context.column.memory, 'heartbeats take seconds')(
    'trap 14: a socket that gives no sign of life is dropped at the second heartbeat; one that does stays',
    async () => {
      const { bridge, server } = await instance({ heartbeat: '30s' });
      const living = await server.connect('living');
      const dead = await server.connect('dead', { autoPong: false });
      await dead.ask({ type: 'leave', room: 'x' });
      for (let beat = 1; beat <= 3; beat++) {
        const pong = once(server.sockets[0] as object as NodeJS.EventEmitter, 'pong');
        await context.advance(30_000);
        await pong;
      }
      expect(await dead.closed).toBe(1006);
      expect(bridge.stats()).toMatchObject({ sockets: 1, silent: 1 });
      expect(living.socket.readyState).toBe(living.socket.OPEN);
      const armed = (): number => (context.clock as unknown as { armed: number }).armed;
      const before = armed();
      await bridge.close();
      expect(armed()).toBe(before - 1);
    },
  );
}
