import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { MatrixContext } from '@penknife/matrix';
import { beforeEach, expect, it } from 'vitest';
import {
  createPresence,
  createPubSub,
  defineChannel,
  defineState,
  type Membership,
  type Subscription,
} from '../src/index.js';
import { hearing, until } from './hearing.js';

const fire = defineChannel('room:{room}', { delivery: 'fire' });
const log = defineChannel('log:{room}', { delivery: 'log' });
const latest = defineChannel('latest:{room}', { delivery: 'latest' });
const seats = defineState('seats:{room}');

/** How listeners are served, on whatever the context runs on. */
export function subscribersSuite(context: MatrixContext): void {
  /** A room of its own for each test: a cluster's bus may bring a message of the last one late. */
  let room = { room: '' };
  let rooms = 0;
  beforeEach(() => {
    room = { room: `s${++rooms}` };
  });
  const open = async () => createPubSub(await context.driver());
  /** On a cluster each node only counts its own. */
  const counts = context.column.topology === 'single';
  const subscribersOf = async (channel: string): Promise<number | undefined> =>
    counts ? Number(((await context.admin('PUBSUB', 'NUMSUB', channel)) as unknown[])[1]) : undefined;

  it('trap 2: a listener that throws, at once or later, harms nobody and is reported', async () => {
    const channel = (await open()).channel(fire);
    const reported: unknown[] = [];
    const onReport = (report: unknown): void =>
      void reported.push((report as { error: Error }).error.message);
    subscribe('penknife:listener.error', onReport);
    const heard = hearing();
    await channel.subscribe(room, () => {
      throw new Error('at once');
    });
    await channel.subscribe(room, async () => {
      throw new Error('later');
    });
    await channel.subscribe(room, heard);
    for (const i of [1, 2, 3]) await channel.publish(room, i);
    await until(
      context,
      'all is heard and reported',
      () => heard.messages.length >= 3 && reported.length >= 6,
    );
    unsubscribe('penknife:listener.error', onReport);
    expect(heard.messages).toEqual([1, 2, 3]);
    expect(reported.sort()).toEqual(['at once', 'at once', 'at once', 'later', 'later', 'later']);
  });

  it('trap 3: a slow listener gets one message at a time, loses by its own policy, and hears of it in place', async () => {
    const channel = (await open()).channel(log);
    const told = new Map<string, unknown[]>();
    const releases: (() => void)[] = [];
    const slow = async (overflow: 'drop-oldest' | 'drop-newest'): Promise<Subscription> => {
      const heard: unknown[] = [];
      told.set(overflow, heard);
      return channel.subscribe(
        room,
        {
          message(message) {
            heard.push(message);
            if (heard.length > 1) return;
            return new Promise<void>((resolve) => releases.push(resolve));
          },
          gap: ({ reason, missed, from, to }) =>
            void heard.push(`${reason} ${missed}: ${from?.offset}-${to?.offset}`),
        },
        { queueLimit: 2, overflow },
      );
    };
    const [oldest, newest, quick] = [await slow('drop-oldest'), await slow('drop-newest'), hearing()];
    await channel.subscribe(room, quick);
    for (let i = 1; i <= 6; i++) await channel.publish(room, i);
    await until(context, 'the quick one has all', () => quick.messages.length >= 6);
    expect([oldest.queued, newest.queued]).toEqual([2, 2]);
    for (const release of releases) release();
    await until(context, 'both are through', () => oldest.queued + newest.queued === 0);
    await channel.publish(room, 7);
    await until(context, 'the last one', () => [...told.values()].every((heard) => heard.at(-1) === 7));
    expect(told.get('drop-oldest')).toEqual([1, 'overflow 3: 1-4', 5, 6, 7]);
    expect(told.get('drop-newest')).toEqual([1, 2, 3, 'overflow 3: 3-6', 7]);
    expect([oldest.dropped, newest.dropped, channel.stats().dropped]).toEqual([3, 3, 6]);
  });

  it('latest-per-key keeps the newest of each key; close ends the slow one with an error', async () => {
    const channel = (await open()).channel(fire);
    const releases: (() => void)[] = [];
    const heard: unknown[] = [];
    const stuck = (): Promise<void> => new Promise((resolve) => releases.push(resolve));
    const conflating = await channel.subscribe(
      room,
      (message) => {
        heard.push(message);
        return heard.length === 1 ? stuck() : undefined;
      },
      { overflow: 'latest-per-key', key: (event) => String(event.message).slice(0, 1), queueLimit: 5 },
    );
    const ended: unknown[] = [];
    const closing = await channel.subscribe(
      room,
      { message: stuck, ended: (error) => void ended.push(error) },
      { overflow: 'close', queueLimit: 3 },
    );
    for (const text of ['x0', 'a1', 'b1', 'a2', 'b2', 'a3', 'c1']) await channel.publish(room, text);
    await until(context, 'all have come', () => conflating.conflated === 3 && ended.length > 0);
    for (const release of releases) release();
    await until(context, 'the rest is through', () => conflating.queued === 0);
    expect(heard).toEqual(['x0', 'b2', 'a3', 'c1']);
    expect(ended).toMatchObject([{ code: 'SLOW_LISTENER' }]);
    expect(closing.closed).toBe(true);
  });

  it('latest-per-key: a message whose key cannot be told is lost with a gap in its place, and counted', async () => {
    const channel = (await open()).channel(log);
    const heard = hearing();
    let release = (): void => undefined;
    const subscription = await channel.subscribe(
      room,
      {
        message: (message, event) => {
          heard.message(message, event);
          return message === 1 ? new Promise((resolve) => (release = resolve)) : undefined;
        },
        gap: heard.gap,
      },
      {
        overflow: 'latest-per-key',
        key: ({ message }) => {
          if (message === 2) throw new Error('no key');
          return String(message);
        },
      },
    );
    for (const message of [1, 2, 3]) await channel.publish(room, message);
    await until(context, 'all have come', () => subscription.queued === 1);
    release();
    await until(context, 'the third', () => heard.messages.length === 2);
    expect(heard.events.map((event) => (event.type === 'gap' ? event.reason : event.message))).toEqual([
      1,
      'overflow',
      3,
    ]);
    expect([heard.gaps[0]?.missed, subscription.dropped]).toEqual([1, 1]);
  });

  it('a signal that fires while the first value is handed over ends the subscription', async () => {
    const channel = (await open()).channel(latest);
    await channel.publish(room, 1);
    for (let hops = 0; hops < 12; hops++) {
      const controller = new AbortController();
      const aborting = async (): Promise<void> => {
        for (let hop = 0; hop < hops; hop++) await null;
        controller.abort();
      };
      await channel.subscribe(room, aborting, { signal: controller.signal }).catch(() => undefined);
      await until(context, `nobody listens after ${hops} hops`, () => channel.stats().live.length === 0);
    }
  });

  it('trap 4: an iterator subscribes when it is read, is bounded, and frees everything when it is left', async () => {
    const pubsub = await open();
    const channel = pubsub.channel(fire);
    const server = `pk:ps1:channel:{room:${room.room}}`;
    const events = channel.events(room, { queueLimit: 3 });
    expect(await subscribersOf(server)).toBe(counts ? 0 : undefined);
    const subscription = await events.open();
    expect(await subscribersOf(server)).toBe(counts ? 1 : undefined);
    const quick = hearing();
    await channel.subscribe(room, quick);
    for (let i = 0; i < 10; i++) await channel.publish(room, i);
    await until(context, 'all came', () => quick.messages.length >= 10);
    expect([subscription.queued, subscription.dropped]).toEqual([3, 7]);
    const seen: unknown[] = [];
    for await (const event of events) {
      seen.push(event.type === 'gap' ? `${event.reason} ${event.missed}` : event.message);
      if (seen.length === 4) break;
    }
    expect(seen).toEqual(['overflow 7', 7, 8, 9]);
    expect(subscription.closed).toBe(true);
    expect(channel.stats().live).toMatchObject([{ listeners: 1 }]);
    expect(await events.next()).toEqual({ done: true, value: undefined });
    const thrown = channel.events(room);
    await thrown.open();
    await expect(thrown.throw(new Error('mine'))).rejects.toThrow('mine');
    await pubsub.close();
    await until(context, 'nobody listens', () => pubsub.stats().every(({ live }) => live.length === 0));
    expect(await subscribersOf(server)).toBe(counts ? 0 : undefined);
  });

  it('what `await using` holds is freed at the end of its block', async () => {
    const pubsub = await open();
    const channel = pubsub.channel(log);
    const live = (): number => pubsub.stats().reduce((sum, each) => sum + each.live.length, 0);
    const heard = hearing();
    {
      await using subscription = await channel.subscribe(room, heard);
      await using events = channel.events({ room: `${room.room}b` });
      await using view = await pubsub.state(seats).watch(room, { snapshot() {}, change() {} });
      await using presence = createPresence(pubsub, { lease: '10s' });
      await using tab = (await presence.join(room.room, 'ada')) as Membership;
      await events.open();
      expect([subscription.closed, view.closed, tab.user, live()]).toEqual([false, false, 'ada', 3]);
    }
    expect(live()).toBe(0);
    await channel.publish(room, 1);
    expect(heard.messages).toEqual([]);
    const later = createPresence(pubsub, { lease: '10s' });
    expect(await later.who(room.room)).toEqual([]);
    await later.close();
    {
      await using closing = pubsub;
      expect(closing).toBe(pubsub);
    }
    await expect(channel.publish(room, 2)).rejects.toMatchObject({ code: 'CLOSED' });
  });

  it('a signal ends a subscription, a loop, and one that is not live yet', async () => {
    const channel = (await open()).channel(fire);
    const [first, second] = [new AbortController(), new AbortController()];
    const heard = hearing();
    const subscription = await channel.subscribe(room, heard, { signal: first.signal });
    first.abort();
    expect(subscription.closed).toBe(true);
    await channel.publish(room, 1);
    const loop = (async () => {
      for await (const _ of channel.events(room, { signal: second.signal }))
        second.abort(new Error('enough'));
    })();
    const ended = expect(loop).rejects.toThrow('enough');
    await until(context, 'the loop listens', () => channel.stats().live.length > 0);
    const poke = hearing();
    await channel.subscribe(room, poke);
    await channel.publish(room, 2);
    await ended;
    expect(heard.messages).toEqual([]);
    const pending = channel.subscribe({ room: 'later' }, heard, { signal: AbortSignal.abort('gone') });
    await expect(pending).rejects.toMatchObject({ code: 'ABORTED', sent: 'no' });
    const third = new AbortController();
    const aborted = channel.subscribe({ room: 'later' }, heard, { signal: third.signal });
    third.abort('changed my mind');
    await expect(aborted).rejects.toMatchObject({ code: 'ABORTED', sent: 'maybe' });
    expect(channel.stats().live.map(({ channel: name }) => name)).toEqual([
      `pk:ps1:channel:{room:${room.room}}`,
    ]);
  });

  it('trap 5: leaving and coming while a subscription is pending hurts nobody', async () => {
    const channel = (await open()).channel(fire);
    for (let round = 0; round < 5; round++) {
      const [gone, stays] = [hearing(), hearing()];
      const leaving = new AbortController();
      const first = channel.subscribe(room, gone, { signal: leaving.signal }).catch(() => undefined);
      const second = channel.subscribe(room, stays);
      leaving.abort();
      const subscription = await second;
      await channel.publish(room, round);
      await until(context, 'it is heard', () => stays.messages.at(-1) === round);
      expect([gone.messages, new Set(stays.messages).size]).toEqual([[], stays.messages.length]);
      await first;
      await subscription.close();
    }
  });

  it('trap 6: the last one leaves and another comes at once: it hears everything from then on', async () => {
    const channel = (await open()).channel(log);
    for (let round = 0; round < 5; round++) {
      const [left, comes] = [hearing(), hearing()];
      const subscription = await channel.subscribe(room, left);
      const [, next] = await Promise.all([subscription.close(), channel.subscribe(room, comes)]);
      await channel.publish(room, round);
      await until(context, 'it is heard', () => comes.messages.length > 0);
      expect([left.messages, comes.messages]).toEqual([[], [round]]);
      await next.close();
    }
  });

  it('one server subscription, and one decoding, for all listeners of a channel', async () => {
    let decoded = 0;
    const counting = defineChannel('counting:{room}', {
      codec: {
        id: 'c',
        name: 'counting',
        encode: (value: string) => value,
        decode(data) {
          decoded++;
          return Buffer.from(data).toString();
        },
      },
    });
    const channel = (await open()).channel(counting);
    const all = Array.from({ length: 20 }, () => hearing<string>());
    await Promise.all(all.map((heard) => channel.subscribe(room, heard)));
    const { receivers } = await channel.publish(room, 'hello');
    await until(context, 'all have it', () => all.every((heard) => heard.messages.length > 0));
    expect([receivers <= 1, decoded, channel.stats().delivered]).toEqual([true, 1, 20]);
  });

  it('echo: false leaves out what was published here, on a log without a gap', async () => {
    const [here, there] = [await open(), await open()];
    const heard = hearing();
    await here.channel(log).subscribe(room, heard, { echo: false });
    await here.channel(log).publish(room, 'mine');
    await there.channel(log).publish(room, 'theirs');
    await until(context, 'theirs arrives', () => heard.messages.length > 0);
    expect([heard.messages, heard.gaps]).toEqual([['theirs'], []]);
  });

  it('refuses bad input by name, before anything is sent', async () => {
    const pubsub = await open();
    const channel = pubsub.channel(fire);
    const none = (): void => undefined;
    for (const [argument, options] of [
      ['queueLimit', { queueLimit: 0 }],
      ['overflow', { overflow: 'block' as never }],
      ['key', { overflow: 'latest-per-key' as const }],
      ['key', { key: () => 'a' }],
      ['since', { since: 'oldest' as const }],
      ['echo', { echo: 1 as never }],
    ] as const) {
      await expect(channel.subscribe(room, none, options)).rejects.toMatchObject({
        code: 'INVALID_ARGUMENT',
        argument,
      });
    }
    await expect(channel.subscribe({} as never, none)).rejects.toThrow(/parameter room must be a string/);
    await expect(channel.subscribe({ room: 'a', rom: 'b' } as never, none)).rejects.toThrow(/must only name/);
    await expect(channel.subscribe(room, 'no' as never)).rejects.toThrow(/listener must be a function/);
    await expect(channel.publish(room, undefined)).rejects.toMatchObject({ code: 'CODEC' });
    await expect(channel.publish(room, 1, { version: 1 })).rejects.toMatchObject({ argument: 'version' });
    await expect(
      pubsub.channel(log).subscribe(room, none, { since: { epoch: 'a b', offset: 1 } }),
    ).rejects.toMatchObject({
      argument: 'since',
    });
    for (const template of ['', 'a b', 'a:', '{x}:{x}', 'a{x}', '*', '{1}']) {
      expect(() => defineChannel(template)).toThrow(/channel template must/);
    }
    expect(() => defineChannel('a', { history: {} } as never)).toThrow(
      /history is for the delivery 'log' only/,
    );
    expect(() => defineChannel('a', { retain: '1s' } as never)).toThrow(
      /retain is for the delivery 'latest' only/,
    );
    await pubsub.close();
    await expect(channel.publish(room, 1)).rejects.toMatchObject({ code: 'CLOSED' });
    await expect(channel.subscribe(room, none)).rejects.toMatchObject({ code: 'CLOSED' });
  });
}
