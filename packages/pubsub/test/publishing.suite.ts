import type { MatrixContext } from '@penknife/matrix';
import { createChaosDriver } from '@penknife/testing';
import { beforeEach, expect, it } from 'vitest';
import { createCoalescedPublisher, createPubSub, defineChannel } from '../src/index.js';
import { hearing, until } from './hearing.js';

const fire = defineChannel('room:{room}:fire');
const latest = defineChannel('room:{room}:latest', { delivery: 'latest' });
const log = defineChannel('room:{room}:log', { delivery: 'log' });
const sharded = defineChannel('shard:{room}', { delivery: 'log', sharded: true });

/** Publishing once, and publishing only the newest, on whatever the context runs on. */
export function publishingSuite(context: MatrixContext): void {
  let room = { room: '' };
  let rooms = 0;
  beforeEach(() => {
    room = { room: `p${++rooms}` };
  });
  const open = async () => createPubSub(await context.driver());

  it('of publishes with one id the first is published, whoever makes them', async () => {
    const [here, there] = [await open(), await open()];
    const heard = { fire: hearing(), log: hearing(), sharded: hearing() };
    await there.channel(fire).subscribe(room, heard.fire);
    await there.channel(log).subscribe(room, heard.log);
    await there.channel(sharded).subscribe(room, heard.sharded);
    const once = { once: 'order 17: paid' };
    for (const channel of [log, sharded]) {
      const first = await here.channel(channel).publish(room, 1, once);
      expect(first.repeated).toBe(undefined);
      const { position } = first;
      expect(await there.channel(channel).publish(room, 2, once)).toEqual({
        position,
        receivers: 0,
        repeated: true,
      });
      await here.channel(channel).publish(room, 3, { once: 'order 18' });
    }
    expect(await here.channel(fire).publish(room, 1, once)).not.toHaveProperty('repeated');
    expect(await there.channel(fire).publish(room, 2, once)).toEqual({ receivers: 0, repeated: true });
    await here.channel(fire).publish(room, 3);
    for (const [name, { messages }] of Object.entries(heard)) {
      await until(context, `${name} is there`, () => messages.length >= 2);
      expect([name, messages]).toEqual([name, [1, 3]]);
    }
    // Another channel is another matter.
    expect(await here.channel(log).publish({ room: `${room.room}x` }, 1, once)).not.toHaveProperty(
      'repeated',
    );
    expect(here.channel(log).stats().published).toBe(3);
  });

  it('a publish with an id whose answer is lost is tried again, and was published once', async () => {
    let lost = 0;
    const chaos = createChaosDriver(await context.driver(), {
      seed: 1,
      plan: ({ name }) => (name === 'EVALSHA' && lost++ === 0 ? 'drop-after' : undefined),
    });
    const heard = hearing();
    await (await open()).channel(log).subscribe(room, heard);
    const publisher = createPubSub(chaos.driver).channel(log);
    const publish = () => publisher.publish(room, 'paid', { once: 'a' });
    // The driver's own second try is below the chaos; here the caller makes it, with the same id.
    await expect(publish()).rejects.toMatchObject({ code: 'CONNECTION', sent: 'maybe' });
    expect(await publish()).toMatchObject({ repeated: true });
    await publisher.publish(room, 'next');
    await until(context, 'both', () => heard.messages.length >= 2);
    expect(heard.messages).toEqual(['paid', 'next']);
  });

  it('ids are forgotten in time, and refused where a version does it', async () => {
    const pubsub = await open();
    const brief = defineChannel('brief:{room}', { onceFor: 40 });
    await pubsub.channel(brief).publish(room, 1, { once: 'a' });
    await context.advance(50);
    expect(await pubsub.channel(brief).publish(room, 1, { once: 'a' })).not.toHaveProperty('repeated');
    for (const [run, rule] of [
      [() => pubsub.channel(latest).publish(room, 1, { once: 'a' }), /once is not for the delivery 'latest'/],
      [() => pubsub.channel(log).publish(room, 1, { once: '' }), /once must be/],
      [() => pubsub.channel(log).publish(room, 1, { once: 'x'.repeat(161) }), /once must be/],
    ] as const) {
      await expect(run()).rejects.toThrow(rule);
    }
    expect(() => defineChannel('x', { delivery: 'latest', onceFor: 1 })).toThrow(/onceFor/);
  });

  it('coalesced: the first goes out at once, then only the newest of each channel, and always the last', async () => {
    const pubsub = await open();
    const channel = pubsub.channel(log);
    const other = { room: `${room.room}-other` };
    const [heard, elsewhere] = [hearing(), hearing()];
    await channel.subscribe(room, heard);
    await channel.subscribe(other, elsewhere);
    const publisher = createCoalescedPublisher(pubsub, channel, { window: '1h' });
    const receipts = [1, 2, 3].map((n) => publisher.publish(room, n));
    await publisher.publish(other, 'x');
    expect((await receipts[0])?.position.offset).toBe(1);
    await publisher.flush();
    // Those that were replaced have the receipt of the one in their place.
    expect((await Promise.all(receipts)).map(({ position }) => position.offset)).toEqual([1, 2, 2]);
    void publisher.publish(room, 4);
    void publisher.publish(room, 5);
    await publisher.close();
    await expect(publisher.publish(room, 6)).rejects.toMatchObject({ code: 'CLOSED' });
    await until(context, 'the last one', () => heard.messages.length >= 3);
    expect([heard.messages, elsewhere.messages]).toEqual([[1, 3, 5], ['x']]);
    expect(() => createCoalescedPublisher(pubsub, channel, { window: 0 })).toThrow(/window/);
    expect(() => createCoalescedPublisher(pubsub, channel, { limit: 0 })).toThrow(/limit must be/);
  });

  it('coalesced: what is refused takes nobody’s place; beyond the limit nothing waits', async () => {
    const pubsub = await open();
    const channel = pubsub.channel(log);
    const publisher = createCoalescedPublisher(pubsub, channel, { window: '1h', limit: 1 });
    await publisher.publish(room, 1);
    // What is refused takes nobody's place: the one before it goes out.
    const refused = publisher.publish(room, 2).then(({ position }) => position.offset);
    await expect(publisher.publish(room, 1n)).rejects.toMatchObject({ code: 'CODEC' });
    await publisher.flush();
    expect(await refused).toBe(2);
    const [one, two] = [await publisher.publish({ room: 'y' }, 1), await publisher.publish({ room: 'y' }, 2)];
    expect([one.position.offset, two.position.offset]).toEqual([1, 2]);
    await publisher.close();
  });

  context.where(context.column.memory, 'only the manual clock counts its timers')(
    'coalesced: one message a window while they keep coming, and nothing left when they stop',
    async () => {
      const armed = (): number => (context.clock as unknown as { armed: number }).armed;
      await context.advance(60_000);
      const pubsub = await open();
      const channel = pubsub.channel(fire);
      const heard = hearing();
      const subscription = await channel.subscribe(room, heard);
      const before = armed();
      const publisher = createCoalescedPublisher(pubsub, channel, { window: 100 });
      for (let n = 0; n < 100; n++) {
        void publisher.publish(room, n);
        await context.advance(10);
      }
      await context.advance(200);
      expect(heard.messages[0]).toBe(0);
      expect(heard.messages.at(-1)).toBe(99);
      expect(heard.messages.length).toBeGreaterThanOrEqual(10);
      expect(heard.messages.length).toBeLessThanOrEqual(12);
      expect(armed()).toBe(before);
      await subscription.close();
      await pubsub.close();
    },
  );
}
