import { bytesCodec, keyPart } from '@penknife/core';
import type { MatrixContext } from '@penknife/matrix';
import { beforeEach, expect, it } from 'vitest';
import { createInvalidationBus, createPubSub, defineChannel } from '../src/index.js';
import { hearing, until } from './hearing.js';

const fire = defineChannel('room:{room}:message', { delivery: 'fire' });
const latest = defineChannel('room:{room}:typing', { delivery: 'latest', retain: '1m' });
const log = defineChannel('room:{room}:log', {
  delivery: 'log',
  history: { size: 50, ttl: '1m', positionTtl: '2m' },
});
const sharded = defineChannel('shard:{id}', { delivery: 'log', sharded: true });
const bytes = defineChannel('bytes:{id}', { codec: bytesCodec, delivery: 'log' });

const headKey = (name: string): string => `pk:ps1:head:{${name}}`;
const historyKey = (name: string): string => `pk:ps1:history:{${name}}`;

/** What each delivery promises, on whatever the context runs on. */
export function deliveriesSuite(context: MatrixContext): void {
  /** The name of a room of its own for each test: a cluster's bus may bring a message of the last one late. */
  let a = '';
  let rooms = 0;
  beforeEach(() => {
    a = `a${++rooms}`;
  });
  const open = async () => createPubSub(await context.driver());

  it('fire: what is published after subscribe() resolved arrives, in order, in every process', async () => {
    const [here, there] = [await open(), await open()];
    const [left, right] = [hearing(), hearing()];
    await here.channel(fire).subscribe({ room: a }, left);
    await there.channel(fire).subscribe({ room: a }, right);
    for (let i = 0; i < 20; i++) await here.channel(fire).publish({ room: a }, { i });
    await here.channel(fire).publish({ room: 'b' }, 'elsewhere');
    await until(context, 'both have all', () => left.messages.length >= 20 && right.messages.length >= 20);
    const wanted = Array.from({ length: 20 }, (_, i) => ({ i }));
    expect([left.messages, right.messages]).toEqual([wanted, wanted]);
    expect(left.events[0]).toMatchObject({
      own: true,
      params: { room: a },
      origin: here.origin,
      position: undefined,
    });
    expect(right.events[0]).toMatchObject({ own: false, channel: `room:${a}:message`, source: 'live' });
  });

  it('latest: the last value is delivered on subscribing, late versions are skipped', async () => {
    const [here, there] = [await open(), await open()];
    const publisher = here.channel(latest);
    expect(await publisher.publish({ room: a }, 'one')).toMatchObject({
      stored: true,
      position: { offset: 1 },
    });
    expect(await publisher.publish({ room: a }, 'seven', { version: 7 })).toMatchObject({ stored: true });
    expect(await publisher.publish({ room: a }, 'late', { version: 7 })).toMatchObject({
      stored: false,
      position: { offset: 7 },
    });
    const heard = hearing();
    await there.channel(latest).subscribe({ room: a }, heard);
    expect(heard.messages).toEqual(['seven']);
    expect(heard.events[0]).toMatchObject({ source: 'retained', position: { offset: 7 } });
    await publisher.publish({ room: a }, 'eight');
    await until(context, 'the new value', () => heard.messages.length > 1);
    expect(heard.messages).toEqual(['seven', 'eight']);
    const none = hearing();
    await there.channel(latest).subscribe({ room: 'empty' }, none);
    expect(none.events).toEqual([]);
    const ttl = Number(await context.admin('PTTL', `pk:ps1:latest:{room:${a}:typing}`));
    expect(ttl).toBeGreaterThan(0);
    expect(ttl).toBeLessThanOrEqual(60_000);
  });

  it('log: resumes after a position, page by page, and goes live without a seam', async () => {
    const here = await open();
    const small = createPubSub(await context.driver(), { recovery: { pageSize: 3 } });
    const positions = [];
    for (let i = 0; i < 20; i++) {
      positions.push((await here.channel(log).publish({ room: a }, i)).position);
    }
    const [resumed, all, now] = [hearing<unknown>(), hearing<unknown>(), hearing<unknown>()];
    const channel = small.channel(log);
    const since = positions[9] as (typeof positions)[number];
    await Promise.all([
      channel.subscribe({ room: a }, resumed, { since }),
      channel.subscribe({ room: a }, all, { since: 'oldest' }),
      channel.subscribe({ room: a }, now),
    ]);
    for (let i = 20; i < 30; i++) await here.channel(log).publish({ room: a }, i);
    const ends = (heard: { messages: unknown[] }): boolean => heard.messages.at(-1) === 29;
    await until(context, 'all are there', () => [resumed, all, now].every(ends));
    const from = (first: number) => Array.from({ length: 30 - first }, (_, i) => first + i);
    expect(resumed.messages).toEqual(from(10));
    expect(all.messages).toEqual(from(0));
    expect(now.messages).toEqual(from(20));
    expect(resumed.gaps).toMatchObject([{ reason: 'resume', recovered: true, missed: 10, from: since }]);
    expect([all.gaps, now.gaps]).toEqual([[], []]);
  });

  it('log: what the history no longer holds is a hole, and is said to be one', async () => {
    const short = defineChannel('short:{id}', { delivery: 'log', history: { size: 5, ttl: '1m' } });
    const channel = (await open()).channel(short);
    const positions = [];
    for (let i = 1; i <= 12; i++) positions.push((await channel.publish({ id: 'x' }, i)).position);
    const heard = hearing<unknown>();
    await channel.subscribe({ id: 'x' }, heard, { since: positions[1] as { epoch: string; offset: number } });
    await until(context, 'the rest is there', () => heard.messages.length >= 5);
    expect(heard.messages).toEqual([8, 9, 10, 11, 12]);
    const [first] = heard.events;
    expect(first).toMatchObject({
      type: 'gap',
      reason: 'resume',
      recovered: false,
      unrecovered: 'truncated',
      missed: 5,
      from: { offset: 2 },
      to: { offset: 7 },
    });
  });

  it('log: a long history is cut a hundredth at a time, and never below its size', async () => {
    const long = defineChannel('long:{id}', { delivery: 'log', history: { size: 300, ttl: '1m' } });
    const channel = (await open()).channel(long);
    await Promise.all(Array.from({ length: 305 }, (_, i) => channel.publish({ id: 'x' }, i)));
    const lengths: unknown[] = [];
    for (let i = 0; i < 6; i++) {
      await channel.publish({ id: 'x' }, i);
      lengths.push(await context.admin('XLEN', 'pk:ps1:history:{long:x}'));
    }
    expect(lengths).toEqual([300, 301, 302, 300, 301, 302]);
  });

  it('log: whoever was there before the first message misses nothing when it comes back', async () => {
    const channel = (await open()).channel(log);
    const since = { epoch: 'none', offset: (await context.driver()).clock.now() };
    const [before, after, late] = [hearing(), hearing(), hearing()];
    const early = await channel.subscribe({ room: a }, before, { since });
    await until(context, 'it is told', () => before.gaps.length > 0);
    for (const message of [1, 2]) await channel.publish({ room: a }, message);
    await until(context, 'both are heard', () => before.messages.length === 2);
    await channel.subscribe({ room: a }, after, { since });
    await until(context, 'it is told as well', () => after.gaps.length > 0);
    for (const heard of [before, after]) {
      expect(heard.messages).toEqual([1, 2]);
      expect(heard.gaps).toMatchObject([{ recovered: true, reason: 'resume' }]);
    }
    expect(after.gaps[0]?.missed).toBe(2);
    for (let i = 3; i <= 53; i++) await channel.publish({ room: a }, i);
    await until(context, 'the last is heard', () => before.messages.length === 53);
    await early.close();
    await channel.subscribe({ room: a }, late, { since });
    await until(context, 'what is kept', () => late.messages.length === 50);
    expect(late.gaps[0]).toMatchObject({ recovered: false, unrecovered: 'truncated', missed: 3 });
  });

  it('log: whoever was there before the first message, and longer ago than the history lives, is not told that nothing is missing', async () => {
    const channel = (await open()).channel(log);
    const [empty, late] = [hearing(), hearing()];
    const hourMs = 3_600_000;
    const since = { epoch: 'none', offset: (await context.driver()).clock.now() - hourMs };
    await channel.subscribe({ room: a }, empty, { since });
    await until(context, 'it is told', () => empty.gaps.length > 0);
    expect(empty.gaps).toMatchObject([{ recovered: false, unrecovered: 'no-history', from: since }]);
    for (const message of [1, 2]) await channel.publish({ room: a }, message);
    await channel.subscribe({ room: a }, late, { since });
    await until(context, 'what is kept', () => late.messages.length === 2);
    expect(late.gaps).toMatchObject([{ recovered: false, unrecovered: 'new-epoch', from: since }]);
  });

  it('log: whoever comes back from further than the server got is told so, and hears all that follows', async () => {
    const [here, there] = [await open(), await open()];
    const channel = here.channel(log);
    const { position } = await channel.publish({ room: a }, 1);
    await channel.publish({ room: a }, 2);
    const heard = hearing();
    // As after a failover that lost writes: three that this listener had are gone.
    const since = { epoch: position.epoch, offset: 5 };
    await there.channel(log).subscribe({ room: a }, heard, { since });
    await until(context, 'it is told', () => heard.gaps.length > 0);
    expect(heard.gaps).toMatchObject([
      { reason: 'resume', recovered: false, unrecovered: 'rewound', from: { offset: 5 }, to: { offset: 2 } },
    ]);
    for (const message of [3, 4, 5, 6, 7]) await channel.publish({ room: a }, message);
    await until(context, 'all of them', () => heard.messages.length >= 5);
    expect(heard.messages).toEqual([3, 4, 5, 6, 7]);
    expect(heard.gaps).toHaveLength(1);
  });

  it('latest: a retained value that cannot be read is a gap for who comes', async () => {
    const refusing = {
      '~standard': { version: 1, vendor: 'test', validate: () => ({ issues: [{ message: 'never' }] }) },
    } as const;
    const pubsub = await open();
    await pubsub.channel(defineChannel('odd:{id}', { delivery: 'latest' })).publish({ id: a }, 1);
    const strict = defineChannel('odd:{id}', { delivery: 'latest', schema: refusing as never });
    for (const _ of [1, 2]) {
      const heard = hearing();
      await pubsub.channel(strict).subscribe({ id: a }, heard);
      await until(context, 'the gap', () => heard.gaps.length > 0);
      expect(heard.gaps).toMatchObject([{ reason: 'undecodable', missed: 1 }]);
    }
  });

  it('trap 13: when the counter is gone the order starts over under a new epoch, and nothing old is taken for new', async () => {
    const channel = (await open()).channel(log);
    const before = await channel.publish({ room: a }, 'old');
    await channel.publish({ room: a }, 'older');
    await context.admin('DEL', headKey(`room:${a}:log`));
    const after = await channel.publish({ room: a }, 'new');
    expect(after.position.offset).toBe(1);
    expect(after.position.epoch).not.toBe(before.position.epoch);
    const heard = hearing();
    await channel.subscribe({ room: a }, heard, { since: before.position });
    await until(context, 'the new one is there', () => heard.messages.length > 0);
    expect(heard.messages).toEqual(['new']);
    expect(heard.gaps).toMatchObject([{ recovered: false, unrecovered: 'new-epoch', from: before.position }]);
  });

  it('every key has a TTL from the first publish on', async () => {
    const channel = (await open()).channel(log);
    await channel.publish({ room: a }, 1);
    const ttls = await Promise.all(
      [headKey(`room:${a}:log`), historyKey(`room:${a}:log`)].map((key) => context.admin('PTTL', key)),
    );
    expect(ttls.map((ttl) => Math.ceil(Number(ttl) / 60_000))).toEqual([2, 1]);
  });

  it('trap 1: whatever somebody else publishes on our channels is counted, and harms nobody', async () => {
    const pubsub = await open();
    const channel = pubsub.channel(log);
    const heard = hearing();
    await channel.subscribe({ room: a }, heard);
    const server = `pk:ps1:channel:{room:${a}:log}`;
    const strangers = [
      'hello',
      '',
      '\u0001',
      '\u00021j',
      `\u00021j${'x'.repeat(200)}`,
      '{"a":1}',
      '\u00021jabcdefghijkl1;\n1',
    ];
    for (const stranger of strangers) await context.admin('PUBLISH', server, stranger);
    await context.admin('PUBLISH', server, `\u00021zabcdefghijkl1;other:1\n{}`);
    await channel.publish({ room: a }, 'ours');
    await until(context, 'ours arrives', () => heard.messages.length > 0);
    await until(context, 'all are counted', () => channel.stats().foreign >= strangers.length);
    expect(heard.messages).toEqual(['ours']);
    expect(channel.stats().foreign).toBe(strangers.length);
  });

  it('a message that codec or schema refuses is a hole of one, and what follows arrives', async () => {
    const digits = {
      '~standard': {
        version: 1,
        vendor: 'test',
        validate: (value: unknown) =>
          typeof value === 'number' ? { value } : { issues: [{ message: 'no number' }] },
      },
    } as const;
    const strict = defineChannel('mixed:{id}', { schema: digits, delivery: 'log' });
    const loose = defineChannel('mixed:{id}', { delivery: 'log' });
    const pubsub = await open();
    const heard = hearing();
    await pubsub.channel(strict).subscribe({ id: 'x' }, heard);
    for (const value of [1, 'two', 3]) await pubsub.channel(loose).publish({ id: 'x' }, value);
    await until(context, 'the last arrives', () => heard.messages.length >= 2);
    expect(heard.events.map((event) => (event.type === 'gap' ? event.reason : event.message))).toEqual([
      1,
      'undecodable',
      3,
    ]);
    expect(pubsub.channel(strict).stats().undecodable).toBe(1);
    await expect(pubsub.channel(strict).publish({ id: 'x' }, 'two' as never)).rejects.toMatchObject({
      code: 'SCHEMA',
    });
  });

  it('trap 7: a pattern and a channel that overlap deliver once each', async () => {
    const channel = (await open()).channel(fire);
    const [exact, pattern, narrow] = [hearing(), hearing(), hearing()];
    await channel.subscribe({ room: a }, exact);
    await channel.subscribePattern({}, pattern);
    await channel.subscribePattern({ room: a }, narrow);
    await channel.publish({ room: a }, 1);
    await channel.publish({ room: 'b' }, 2);
    await until(context, 'all are there', () => pattern.messages.length >= 2 && exact.messages.length > 0);
    expect([exact.messages, pattern.messages.sort(), narrow.messages]).toEqual([[1], [1, 2], [1]]);
  });

  it('trap 8: input never widens a pattern, and parameters come back as they were', async () => {
    const channel = (await open()).channel(fire);
    const hostile = [
      '*',
      '?',
      '[a-z]',
      'a:b',
      'a:message',
      '{a}',
      '\\*',
      'é',
      ' ',
      '%2a',
      '\ud800',
      'x'.repeat(160),
    ];
    const [all, starred] = [hearing(), hearing()];
    await channel.subscribePattern({}, all);
    await channel.subscribePattern({ room: '*' }, starred);
    for (const room of hostile) await channel.publish({ room }, room);
    await context.admin('PUBLISH', `pk:ps1:channel:{room:${a}:b:message}`, 'spans segments');
    await until(
      context,
      'all are there',
      () => all.messages.length >= hostile.length && starred.messages.length > 0,
    );
    // The order of different channels is nobody's promise on a cluster.
    const rooms = all.events.map((event) => (event.type === 'message' ? event.params : undefined));
    expect(new Set(rooms)).toEqual(new Set(hostile.map((room) => ({ room }))));
    expect(rooms).toHaveLength(hostile.length);
    expect(starred.messages).toEqual(['*']);
    expect(channel.stats().foreign).toBe(0);
    await expect(channel.publish({ room: 'x'.repeat(161) }, 1)).rejects.toThrow(/at most 160 bytes/);
    expect(keyPart('*', 'room')).not.toContain('*');
  });

  it('trap 27: a sharded log stores and publishes in one slot; patterns are refused with the reason', async () => {
    const channel = (await open()).channel(sharded);
    const heard = hearing();
    await channel.subscribe({ id: 'a' }, heard);
    for (let i = 0; i < 5; i++) await channel.publish({ id: 'a' }, i);
    await until(context, 'all are there', () => heard.messages.length >= 5);
    expect(heard.messages).toEqual([0, 1, 2, 3, 4]);
    await expect(channel.subscribePattern({}, hearing())).rejects.toMatchObject({ code: 'UNSUPPORTED' });
    await expect(channel.subscribePattern({}, hearing())).rejects.toThrow(
      /is sharded, and servers match patterns/,
    );
  });

  it('bytes travel as they are, through the history too', async () => {
    const channel = (await open()).channel(bytes);
    const every = Uint8Array.from({ length: 256 }, (_, i) => i);
    await channel.publish({ id: 'a' }, every);
    const heard = hearing<Uint8Array>();
    await channel.subscribe({ id: 'a' }, heard, { since: 'oldest' });
    await channel.publish({ id: 'a' }, new Uint8Array(0));
    await until(context, 'both are there', () => heard.messages.length >= 2);
    expect(heard.messages.map((message) => [...message])).toEqual([[...every], []]);
  });

  it('the invalidation bus carries names to every process', async () => {
    const [here, there] = [await open(), await open()];
    const heard: string[] = [];
    const end = await createInvalidationBus(there, 'products').subscribe({
      invalidated: (names) => void heard.push(...names),
      gap: () => undefined,
    });
    const deaf: string[] = [];
    await createInvalidationBus(here, 'products', { echo: false }).subscribe({
      invalidated: (names) => void deaf.push(...names),
      gap: () => undefined,
    });
    const bus = createInvalidationBus(here, 'products');
    await bus.publish(['p:1', 'p:2']);
    await bus.publish([]);
    await until(context, 'they arrive', () => heard.length > 0);
    await end();
    await bus.publish(['p:3']);
    expect([heard, deaf]).toEqual([['p:1', 'p:2'], []]);
  });
}
