import type { Driver } from '@penknife/core';
import type { MatrixContext } from '@penknife/matrix';
import { createChaosDriver } from '@penknife/testing';
import { beforeEach, expect, it } from 'vitest';
import { createPubSub, defineChannel } from '../src/index.js';
import { hearing, until } from './hearing.js';

const fire = defineChannel('room:{room}:fire');
const log = defineChannel('room:{room}:log', { delivery: 'log' });
const shardedFire = defineChannel('shard:{room}:fire', { sharded: true });
const shardedLog = defineChannel('shard:{room}:log', { delivery: 'log', sharded: true });

/**
 * How such code fails in production, where no other suite shows it, on whatever the context runs on. Trap 22 (keyspace events
 * are told on each node alone) cannot be met: this package subscribes to nothing but its own channels, whose messages the bus
 * of a cluster carries, or, sharded, each on its own node.
 */
export function trapsSuite(context: MatrixContext): void {
  let room = { room: '' };
  let rooms = 0;
  beforeEach(() => {
    room = { room: `t${++rooms}` };
  });
  const open = async () => createPubSub(await context.driver());
  const onServers = (name: string, run: () => Promise<void>) =>
    context.where(!context.column.memory, 'there is no server, and no connection')(name, run);

  it('trap 10: publishers at the same time are live in the order of the history, and none is left out', async () => {
    const publishers = [await open(), await open(), await open()];
    const heard = hearing();
    const reader = await open();
    await reader.channel(log).subscribe(room, heard);
    const sent = publishers.flatMap((pubsub, p) =>
      Array.from({ length: 30 }, async (_, n) => {
        const message = `${p}:${n}`;
        const { position } = await pubsub.channel(log).publish(room, message);
        return [position.offset, message] as const;
      }),
    );
    const order = new Map(await Promise.all(sent));
    await until(context, 'all of them', () => heard.messages.length >= order.size);
    expect(heard.messages).toEqual(Array.from({ length: order.size }, (_, i) => order.get(i + 1)));
    expect([heard.gaps, reader.channel(log).stats().duplicates]).toEqual([[], 0]);
  });

  it('trap 13: a foreign message of an order that is not there costs none of those that come while it is looked for', async () => {
    const driver = await context.driver();
    // Answers to readers of the history wait until the messages of the test have been heard.
    let answered: Promise<void> | undefined;
    const reads: number[] = [];
    const held: Driver = {
      ...driver,
      async send(command, call) {
        const answer = await driver.send(command, call);
        if (command.script?.name === 'pubsub/read-log') {
          reads.push(reads.length);
          await answered;
        }
        return answer;
      },
    };
    const reader = createPubSub(held, { probe: false, positionCheck: false });
    const writer = await open();
    const heard = hearing();
    await reader.channel(log).subscribe(room, heard);
    await writer.channel(log).publish(room, 1);
    await until(context, 'the first', () => heard.messages.length === 1);
    for (const [round, last] of [3, 5].entries()) {
      let answer = (): void => undefined;
      answered = new Promise((resolve) => {
        answer = resolve;
      });
      const before = reads.length;
      const channel = reader.channel(log).stats().live[0]?.channel as string;
      await context.admin('PUBLISH', channel, '\u00021jaaaaaaaaaaaa1;nowhere:1\n"foreign"');
      await until(context, 'the reading', () => reads.length > before);
      for (const message of [last - 1, last]) await writer.channel(log).publish(room, message);
      // On another channel of the same connection, after those of the test.
      const marker = hearing();
      const other = { room: `${room.room}m${round}` };
      await reader.channel(fire).subscribe(other, marker);
      await writer.channel(fire).publish(other, 'marker');
      await until(context, 'the marker', () => marker.messages.length === 1);
      answer();
      await until(context, 'all of them', () => heard.messages.length === last);
    }
    expect(heard.messages).toEqual([1, 2, 3, 4, 5]);
    // A cluster's bus may bring the marker first: then the history is what has them.
    const told =
      context.column.topology === 'single' ? heard.gaps : heard.gaps.filter((gap) => !gap.recovered);
    expect(told).toEqual([]);
    await reader.close();
    await driver.close();
  });

  it('trap 13: a foreigner who publishes without end holds up neither a recovery nor what is told of it', async () => {
    const driver = await context.driver();
    const writer = await open();
    const most = 100;
    let foreign = 0;
    let told = 0;
    let serverChannel = '';
    const busy: Driver = {
      ...driver,
      async send(command, call) {
        // Whenever the history is read, there is one more by the time of the answer.
        if (command.script?.name === 'pubsub/read-log' && foreign < most) {
          const position = `elsewhere:${++foreign}`;
          await context.admin(
            'PUBLISH',
            serverChannel,
            `\u00021jaaaaaaaaaaaa${foreign};${position}\n"foreign"`,
          );
        }
        return driver.send(command, call);
      },
    };
    const chaos = createChaosDriver(busy, { seed: 1 });
    const reader = createPubSub(chaos.driver, { probe: false, positionCheck: false });
    const heard = hearing();
    await reader.channel(log).subscribe(room, {
      message: heard.message,
      gap(gap) {
        told ||= foreign;
        heard.gap(gap);
      },
    });
    serverChannel = reader.channel(log).stats().live[0]?.channel as string;
    await writer.channel(log).publish(room, 1);
    await until(context, 'the first', () => heard.messages.length === 1);
    chaos.disconnect();
    await writer.channel(log).publish(room, 2);
    await until(context, 'the hole', () => chaos.missed === 1);
    chaos.reconnect();
    await until(context, 'the gap', () => heard.gaps.length > 0);
    expect(heard.gaps[0]).toMatchObject({ reason: 'interrupted', recovered: true, missed: 1 });
    expect(told).toBeLessThan(most / 2);
    await writer.channel(log).publish(room, 3);
    await until(context, 'the last', () => heard.messages.length === 3);
    expect(heard.messages).toEqual([1, 2, 3]);
    expect(heard.gaps.filter((gap) => !gap.recovered)).toEqual([]);
    await reader.close();
    await chaos.driver.close();
  });

  it('trap 10: storing and publishing is one command', async () => {
    const pubsub = await open();
    await pubsub.channel(log).publish(room, 'the script is known from now on');
    const { calls } = await context.counts(() => pubsub.channel(log).publish(room, 1));
    expect(calls).toMatchObject({ evalsha: 1, xadd: 1, publish: 1 });
    expect(calls.multi).toBe(undefined);
  });

  onServers(
    'trap 15: a listener that never finishes keeps its connection, and what it cannot take is bounded',
    async () => {
      const [here, there] = [await open(), await open()];
      const [stuck, other] = [hearing(), hearing()];
      const queueLimit = 10;
      const subscription = await there
        .channel(fire)
        .subscribe(room, { ...stuck, message: () => new Promise(() => undefined) }, { queueLimit });
      await there.channel(fire).subscribe(room, other);
      const message = 'x'.repeat(10_000);
      await Promise.all(Array.from({ length: 200 }, () => here.channel(fire).publish(room, message)));
      await until(context, 'all of them', () => other.messages.length === 200);
      expect([subscription.queued, subscription.dropped]).toEqual([queueLimit, 200 - 1 - queueLimit]);
      expect(other.gaps).toEqual([]);
    },
  );

  onServers(
    "trap 15: a subscriber that the server drops for its output buffer hears a gap, and a log's history",
    async () => {
      const [here, there] = [await open(), await open()];
      const [onFire, onLog] = [hearing(), hearing()];
      await there.channel(fire).subscribe(room, onFire);
      await there.channel(log).subscribe(room, onLog);
      const limit = (value: string) =>
        context.admin('CONFIG', 'SET', 'client-output-buffer-limit', `pubsub ${value}`);
      await limit('4096 0 0');
      try {
        await here.channel(log).publish(room, 'y'.repeat(300_000));
        await until(context, 'both gaps', () => onFire.gaps.length > 0 && onLog.gaps.length > 0);
        expect(onFire.gaps[0]).toMatchObject({ reason: 'interrupted', recovered: false });
        expect(onLog.gaps[0]).toMatchObject({ reason: 'interrupted', recovered: true, missed: 1 });
        expect(onLog.messages.map((message) => String(message).length)).toEqual([300_000]);
      } finally {
        await limit('33554432 8388608 60');
      }
    },
  );

  it('trap 17: what is declared sharded is published on its shard alone', async () => {
    const pubsub = await open();
    const publish = () =>
      Promise.all([
        pubsub.channel(shardedLog).publish(room, 1),
        pubsub.channel(shardedFire).publish(room, 1),
      ]);
    await publish();
    const { calls } = await context.counts(publish);
    expect([calls.spublish, calls.publish]).toEqual([2, undefined]);
  });

  onServers(
    'trap 20: whatever is published after a gap was heard arrives, however publishes are held back',
    async () => {
      const [here, there] = [await open(), await open()];
      const heard = hearing();
      await there.channel(fire).subscribe(room, heard);
      for (let cut = 1; cut <= 3; cut++) {
        await context.admin('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
        const cutting = context.admin('CLIENT', 'KILL', 'TYPE', 'pubsub');
        // Held back until there is a connection again: it may come before the subscription is.
        const during = here.channel(fire).publish(room, cut * 10);
        await Promise.allSettled([cutting, during]);
        await until(context, `gap ${cut}`, () => heard.gaps.length >= cut);
        await here.channel(fire).publish(room, cut * 10 + 1);
        await until(context, 'what follows the gap', () => heard.messages.at(-1) === cut * 10 + 1);
      }
    },
  );

  it('trap 21: a pattern never takes in what is not of this namespace, sentinel hellos least of all', async () => {
    const pubsub = await open();
    const heard = hearing();
    const channel = pubsub.channel(defineChannel('{any}'));
    await channel.subscribePattern({}, heard);
    const [glob] = channel.stats().live.map((each) => each.channel);
    expect(glob?.startsWith('pk:ps1:channel:{')).toBe(true);
    for (const foreign of [
      '__sentinel__:hello',
      '__keyspace@0__:pk:ps1:channel:{x}',
      'other:ps1:channel:{x}',
    ]) {
      await context.admin('PUBLISH', foreign, 'hello');
    }
    await channel.publish({ any: 'one' }, 'ours');
    await until(context, 'ours', () => heard.messages.length > 0);
    expect([heard.messages, channel.stats().foreign]).toEqual([['ours'], 0]);
  });

  it('trap 26: what a full queue drops is counted for the listener and in the stats, and told in its place', async () => {
    const pubsub = await open();
    const channel = pubsub.channel(fire);
    const heard = hearing();
    let finish: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const slow = await channel.subscribe(
      room,
      {
        gap: heard.gap,
        message: (message, event) => {
          heard.message(message, event);
          return gate;
        },
      },
      { queueLimit: 2 },
    );
    for (let n = 1; n <= 10; n++) await channel.publish(room, n);
    await until(context, 'seven are dropped', () => slow.dropped === 7);
    expect(channel.stats()).toMatchObject({ dropped: 7, published: 10 });
    finish();
    await until(context, 'the rest', () => heard.messages.at(-1) === 10);
    expect(heard.messages).toEqual([1, 9, 10]);
    expect(heard.events.map(({ type }) => type)).toEqual(['message', 'gap', 'message', 'message']);
    expect(heard.gaps).toMatchObject([{ reason: 'overflow', missed: 7 }]);
  });

  it('trap 28: one channel is one order, however long each of its messages takes', async () => {
    const pubsub = await open();
    const order: number[] = [];
    let [now, most] = [0, 0];
    await pubsub.channel(log).subscribe(room, async (message) => {
      most = Math.max(most, ++now);
      for (let turn = (message as number) % 5; turn > 0; turn--) await Promise.resolve();
      order.push(message as number);
      now--;
    });
    await Promise.all(Array.from({ length: 50 }, (_, n) => pubsub.channel(log).publish(room, n)));
    await until(context, 'all of them', () => order.length === 50);
    // One process sends in the order of its calls.
    expect([order, most]).toEqual([Array.from({ length: 50 }, (_, n) => n), 1]);
  });
}
