import type { MatrixContext } from '@penknife/matrix';
import { createChaosDriver } from '@penknife/testing';
import { beforeEach, expect, it } from 'vitest';
import { createPubSub, defineChannel } from '../src/index.js';
import { slotTagOf } from '../src/slot-tags.js';
import { hearing, until } from './hearing.js';

const fire = defineChannel('room:{room}:fire');
const latest = defineChannel('room:{room}:latest', { delivery: 'latest' });
const log = defineChannel('room:{room}:log', { delivery: 'log' });
const sharded = defineChannel('shard:{room}', { delivery: 'log', sharded: true });

/** Set the variable for a long run. */
const cuts = Number(process.env.PENKNIFE_CUTS ?? 10);

/** What happens when something breaks, on whatever the context runs on. */
export function gapsSuite(context: MatrixContext): void {
  /** A room of its own for each test: a cluster's bus may bring a message of the last one late. */
  let room = { room: '' };
  let [rooms, head, history] = [0, '', ''];
  beforeEach(() => {
    room = { room: `r${++rooms}` };
    head = `pk:ps1:head:{room:${room.room}:log}`;
    history = `pk:ps1:history:{room:${room.room}:log}`;
  });
  const open = async () => createPubSub(await context.driver());
  const cutFeeds = () => context.admin('CLIENT', 'KILL', 'TYPE', 'pubsub');
  /** With faults of a driver of its own; by hand only, until a plan or rates are given. */
  const openChaos = async (
    options: Omit<Parameters<typeof createChaosDriver>[1], 'seed'> = {},
    limit = 10_000,
  ) => {
    const chaos = createChaosDriver(await context.driver(), { seed: 1, ...options });
    const pubsub = createPubSub(chaos.driver, {
      positionCheck: '2s',
      probe: false,
      recovery: { pageSize: 4, limit },
    });
    return { chaos, pubsub };
  };

  it('fire: every cut of the connection is announced, none is made up', async () => {
    const [here, there] = [await open(), await open()];
    const [exact, pattern] = [hearing(), hearing()];
    await there.channel(fire).subscribe(room, exact);
    await there.channel(fire).subscribePattern({}, pattern);
    for (let cut = 1; cut <= cuts; cut++) {
      await cutFeeds();
      await Promise.all([1, 2, 3].map((i) => here.channel(fire).publish(room, cut * 10 + i)));
      await until(context, `gap ${cut}`, () => exact.gaps.length >= cut && pattern.gaps.length >= cut);
    }
    await here.channel(fire).publish(room, 0);
    await until(context, 'the last one', () => exact.messages.at(-1) === 0);
    expect(exact.gaps).toHaveLength(cuts);
    expect(exact.gaps[0]).toMatchObject({
      reason: 'interrupted',
      recovered: false,
      unrecovered: 'no-history',
    });
    expect(there.channel(fire).stats().live[0]?.lastGap).toEqual(exact.gaps.at(-1));
  });

  it('log: every acknowledged publish arrives, in order and once, however often the feed is cut', async () => {
    const [here, there] = [await open(), await open()];
    const [left, right] = [hearing(), hearing()];
    await there.channel(log).subscribe(room, left);
    await there.channel(log).subscribe(room, right);
    const order: number[] = [];
    let last = 0;
    const publish = async (): Promise<void> => {
      const message = ++last;
      order[(await here.channel(log).publish(room, message)).position.offset - 1] = message;
    };
    for (let cut = 1; cut <= cuts; cut++) {
      const sent = [1, 2, 3, 4, 5].map(publish);
      await cutFeeds();
      sent.push(publish());
      await Promise.all(sent);
      await until(context, `gap ${cut}`, () => left.gaps.length >= cut);
    }
    await publish();
    await until(
      context,
      'all is there',
      () => left.messages.at(-1) === last && right.messages.length >= last,
    );
    // Publishes that run at the same time are ordered by the server.
    expect([left.messages, right.messages]).toEqual([order, order]);
    expect(new Set(order).size).toBe(cuts * 6 + 1);
    expect(left.gaps.filter((gap) => !gap.recovered)).toEqual([]);
  });

  it('trap 12: what was recovered is not recovered again after the next cut', async () => {
    const { chaos, pubsub } = await openChaos();
    const here = await open();
    const heard = hearing();
    await pubsub.channel(log).subscribe(room, heard);
    for (const round of [0, 1]) {
      chaos.disconnect();
      for (let i = 1; i <= 10; i++) await here.channel(log).publish(room, round * 10 + i);
      // What is still on its way to the deaf feed would count as heard.
      await until(context, 'the hole', () => chaos.missed === (round + 1) * 10);
      chaos.reconnect();
      await until(context, 'the gap', () => heard.gaps.length > round);
    }
    expect(heard.messages).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
    expect(heard.gaps).toMatchObject([
      { recovered: true, missed: 10, reason: 'interrupted', to: { offset: 10 } },
      { recovered: true, missed: 10, from: { offset: 10 }, to: { offset: 20 } },
    ]);
    expect(pubsub.channel(log).stats().duplicates).toBe(0);
  });

  it('trap 11: a recovery is paged and capped; who is too far behind is told how far', async () => {
    const { chaos, pubsub } = await openChaos({}, 6);
    const here = await open();
    const heard = hearing();
    await pubsub.channel(log).subscribe(room, heard);
    await here.channel(log).publish(room, 0);
    await until(context, 'the first', () => heard.messages.length > 0);
    chaos.disconnect();
    for (let i = 1; i <= 20; i++) await here.channel(log).publish(room, i);
    chaos.reconnect();
    await until(context, 'the last', () => heard.messages.at(-1) === 20);
    expect(heard.messages).toEqual([0, 15, 16, 17, 18, 19, 20]);
    expect(heard.gaps).toMatchObject([{ recovered: false, unrecovered: 'too-far-behind', missed: 14 }]);
  });

  it('log: when the history is gone, or began anew, it says "not recovered"', async () => {
    const { chaos, pubsub } = await openChaos();
    const here = await open();
    const heard = hearing();
    await pubsub.channel(log).subscribe(room, heard);
    await here.channel(log).publish(room, 'one');
    await until(context, 'the first', () => heard.messages.length > 0);
    chaos.disconnect();
    await context.admin('DEL', head);
    await context.admin('DEL', history);
    chaos.reconnect();
    await until(context, 'the first gap', () => heard.gaps.length > 0);
    chaos.disconnect();
    await here.channel(log).publish(room, 'two');
    chaos.reconnect();
    await until(context, 'the second', () => heard.messages.length > 1);
    chaos.disconnect();
    await context.admin('DEL', head);
    await here.channel(log).publish(room, 'three');
    chaos.reconnect();
    await until(context, 'the third', () => heard.messages.length > 2);
    const told = heard.events.map((event) =>
      event.type === 'gap' ? (event.unrecovered ?? 'recovered') : event.message,
    );
    expect(told).toEqual(['one', 'no-history', 'two', 'recovered', 'new-epoch', 'three']);
  });

  it('log: a server that lost publishes and counted on is noticed by the message at our own place', async () => {
    const { chaos, pubsub } = await openChaos();
    const channel = pubsub.channel(log);
    const heard = hearing();
    await channel.subscribe(room, heard);
    for (const text of ['1', '2', '3']) await channel.publish(room, text);
    const kept = String(await context.admin('GET', head));
    const copy = `${history}:kept`;
    await context.admin('COPY', history, copy);
    for (const text of ['4', '5']) await channel.publish(room, text);
    await until(context, 'five', () => heard.messages.length >= 5);
    chaos.disconnect();
    // As a failover to a replica that had only three of them.
    await context.admin('COPY', copy, history, 'REPLACE');
    await context.admin('SET', head, kept, 'PX', 60_000);
    await context.admin('DEL', copy);
    const other = (await open()).channel(log);
    for (const text of ["4'", "5'", "6'"]) await other.publish(room, text);
    chaos.reconnect();
    await until(context, 'the last', () => heard.messages.at(-1) === "6'");
    expect(heard.messages).toEqual(['1', '2', '3', '4', '5', "5'", "6'"]);
    expect(heard.gaps).toMatchObject([
      { recovered: false, unrecovered: 'rewound', from: { offset: 5 }, to: { offset: 4 } },
    ]);
  });

  it('latest: after a cut the newest value is delivered, and the gap says so', async () => {
    const { chaos, pubsub } = await openChaos();
    const here = await open();
    const heard = hearing();
    await pubsub.channel(latest).subscribe(room, heard);
    await here.channel(latest).publish(room, 'a');
    await until(context, 'the first', () => heard.messages.length > 0);
    chaos.disconnect();
    for (const text of ['b', 'c', 'd']) await here.channel(latest).publish(room, text);
    chaos.reconnect();
    await until(context, 'the gap', () => heard.gaps.length > 0);
    // A node of a cluster hands a message on after its answer: such a one may still come behind the reconnection, in its order.
    const late = context.column.topology === 'cluster' ? ['b', 'c'] : [];
    await until(context, 'the newest', () => heard.messages.at(-1) === 'd');
    expect(heard.messages).toEqual(['a', ...late.filter((text) => heard.messages.includes(text)), 'd']);
    expect(heard.gaps).toMatchObject([{ recovered: true, from: { offset: 1 }, to: { offset: 4 } }]);
  });

  it('a publish whose answer is lost rejects with `sent: maybe` and is never sent twice', async () => {
    const { chaos, pubsub } = await openChaos({
      plan: ({ name }) => (name === 'EVALSHA' ? 'drop-after' : undefined),
    });
    chaos.calm(true);
    const channel = pubsub.channel(log);
    const heard = hearing();
    await channel.subscribe(room, heard);
    chaos.calm(false);
    await expect(channel.publish(room, 'perhaps')).rejects.toMatchObject({
      code: 'CONNECTION',
      sent: 'maybe',
    });
    chaos.calm(true);
    expect((await channel.publish(room, 'sure')).position.offset).toBe(2);
    await until(context, 'both', () => heard.messages.length >= 2);
    expect(heard.messages).toEqual(['perhaps', 'sure']);
    expect(channel.stats().published).toBe(1);
  });

  context.where(
    context.column.topology === 'cluster' && !context.column.memory,
    'slots move on clusters only',
  )('trap 16: a sharded log follows its slot to another node and loses nothing', async () => {
    const { moveSlot } = context.faults;
    if (moveSlot === undefined) throw new Error('this column cannot move slots');
    const [here, there] = [await open(), await open()];
    const heard = hearing();
    await there.channel(sharded).subscribe(room, heard);
    for (let i = 1; i <= 5; i++) await here.channel(sharded).publish(room, i);
    const move = await moveSlot(`{${slotTagOf(`shard:${room.room}`)}}`);
    await move.finish();
    for (let i = 6; i <= 10; i++) await here.channel(sharded).publish(room, i);
    await until(context, 'all is there', () => heard.messages.length >= 10 && heard.gaps.length > 0);
    expect(heard.messages).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(heard.gaps.every((gap) => gap.recovered)).toBe(true);
  });

  context.where(context.column.topology === 'single' && !context.column.memory, 'one server to pause')(
    'a subscription that is not live in time rejects, and leaves nothing behind',
    async () => {
      const channel = (await open()).channel(fire);
      await context.faults.pause?.('any');
      const late = channel.subscribe(room, hearing(), { deadlineMs: 50 });
      await expect(late).rejects.toMatchObject({ code: 'CONNECTION', sent: 'maybe' });
      const other = await open();
      const pending = other.channel(fire).subscribe(room, hearing());
      const rejected = expect(pending).rejects.toMatchObject({ code: 'CLOSED' });
      await other.close();
      await rejected;
      await context.faults.resume?.('any');
      expect(channel.stats().live).toEqual([]);
      const heard = hearing();
      await channel.subscribe(room, heard);
      await channel.publish(room, 1);
      await until(context, 'it is heard', () => heard.messages.length > 0);
    },
  );

  context.where(context.column.memory, 'the position check takes seconds')(
    'trap 14: a deaf connection is noticed by the position check, and what it missed is recovered',
    async () => {
      const { chaos, pubsub } = await openChaos();
      const here = await open();
      const heard = hearing();
      await pubsub.channel(log).subscribe(room, heard);
      await here.channel(log).publish(room, 1);
      await until(context, 'the first', () => heard.messages.length > 0);
      chaos.silenceFeeds();
      for (const i of [2, 3]) await here.channel(log).publish(room, i);
      await context.advance(1500);
      expect(heard.messages).toEqual([1]);
      await context.advance(6000);
      expect(heard.messages).toEqual([1, 2, 3]);
      expect(heard.gaps).toMatchObject([{ reason: 'lost', recovered: true, missed: 2 }]);
      // Nothing is missing now: the check stays quiet.
      await context.advance(60_000);
      expect(heard.gaps).toHaveLength(1);
    },
  );

  context.where(context.column.memory, 'a probe waits for seconds')(
    'trap 14: a connection that is deaf is found by a probe and renewed; one that hears is left alone',
    async () => {
      const chaos = createChaosDriver(await context.driver(), { seed: 1 });
      const pubsub = createPubSub(chaos.driver, { positionCheck: false, probe: '10s' });
      const here = await open();
      const [heard, pattern] = [hearing(), hearing()];
      await pubsub.channel(fire).subscribe(room, heard);
      await pubsub.channel(fire).subscribePattern({}, pattern);
      await context.advance(25_000);
      expect([heard.gaps, pubsub.health().renewals]).toEqual([[], 0]);
      expect(pubsub.health().probeMs).toBeGreaterThanOrEqual(0);
      chaos.silenceFeeds();
      await here.channel(fire).publish(room, 'lost');
      await context.advance(20_000);
      expect(pubsub.health().renewals).toBe(1);
      expect(heard.gaps).toMatchObject([{ reason: 'interrupted', recovered: false }]);
      expect(pattern.gaps).toHaveLength(1);
      await here.channel(fire).publish(room, 'heard');
      await until(context, 'it is heard', () => heard.messages.length > 0);
      // A server that does not answer is no proof of deafness.
      chaos.disconnect();
      await context.advance(40_000);
      expect(pubsub.health().renewals).toBe(1);
      chaos.reconnect();
      await context.advance(20_000);
      expect([heard.messages, pubsub.health().renewals]).toEqual([['heard'], 1]);
      await pubsub.close();
    },
  );

  context.where(context.column.memory, 'a probe waits for seconds')(
    'trap 14: connections of sharded channels are probed, too, and a deaf one is renewed once',
    async () => {
      const chaos = createChaosDriver(await context.driver(), { seed: 1 });
      const pubsub = createPubSub(chaos.driver, { positionCheck: false, probe: '10s' });
      const nudge = defineChannel('nudge:{room}', { sharded: true });
      const heard = hearing();
      for (const name of ['a', 'b', 'c']) await pubsub.channel(nudge).subscribe({ room: name }, heard);
      await pubsub.channel(fire).subscribe(room, hearing());
      const { calls } = await context.counts(() => context.advance(25_000));
      expect([calls.spublish, calls.publish, heard.gaps]).toEqual([6, 2, []]);
      chaos.silenceFeeds();
      await context.advance(20_000);
      expect([pubsub.health().renewals, heard.gaps.length]).toEqual([1, 3]);
      await (await open()).channel(nudge).publish({ room: 'b' }, 'heard');
      await until(context, 'it is heard', () => heard.messages.length > 0);
      await pubsub.close();
    },
  );

  context.where(context.column.memory, 'only the manual clock counts its timers')(
    'closing leaves no timer behind',
    async () => {
      const armed = (): number => (context.clock as unknown as { armed: number }).armed;
      // What earlier tests left open ends with its driver, at its next check.
      await context.advance(60_000);
      const { chaos, pubsub } = await openChaos();
      const before = armed();
      await pubsub.channel(log).subscribe(room, hearing());
      await pubsub.channel(latest).subscribe(room, hearing());
      await context.advance(5000);
      expect(armed()).toBeGreaterThan(before);
      await pubsub.close();
      await chaos.driver.close();
      expect(armed()).toBe(before);
    },
  );
}
