import { createManualClock, type Driver } from '@penknife/core';
import { createMemoryRedis } from '@penknife/driver-memory';
import { type ChannelEvent, defineChannel, type Position, type Subscription } from '../src/index.js';
import { nowhere, nowhereAt } from '../src/position.js';
import { type History, type Item, nameOf } from './log-checker.js';
import { type Acts, createChance, noise, noteIn, openProcess } from './schedule.js';

/** Changes what a subscriber heard, as a broken implementation would: the checker must notice. */
export type Tamper = (
  event: ChannelEvent<Item>,
  keep: (event: ChannelEvent<Item>) => void,
  since: Position | undefined,
) => void;

/** Which things happened, to see that a run of many schedules met them all. */
export type Coverage = Map<string, number>;

interface Subscriber {
  readonly begun: Position | undefined;
  readonly events: ChannelEvent<Item>[];
  readonly subscription: Subscription;
  /** Where one begins who comes back in its place; as the bridges have it, with the time where there was no message yet. */
  readonly last: () => Position;
  hasLeft: boolean;
}

const steps = 60;

/** One random schedule of publishes, subscribes, cuts, deafness, pauses, restarts, failovers, losses of all data, and waiting. */
export async function runSchedule(seed: number, tamper?: Tamper, coverage?: Coverage): Promise<History> {
  const chance = createChance(seed);
  const { below, any } = chance;
  const clock = createManualClock();
  const redis = createMemoryRedis({ clock, seed, replica: { maxLag: 20 } });
  const sizes = { size: [3, 8, 1000][below(3)] as number, limit: [4, 1000][below(2)] as number };
  const definition = defineChannel('room:{room}', {
    delivery: 'log',
    history: { size: sizes.size, ttl: '1h' },
  });
  const met = noteIn(coverage);
  const processes = [0, 1, 2].map((index) => {
    const process = openProcess(
      redis,
      { seed: seed * 10 + index, rates: noise },
      {
        positionCheck: '2s',
        recovery: { pageSize: 1 + below(4), limit: sizes.limit, bufferLimit: 1 + below(6) },
      },
    );
    return { ...process, channel: process.pubsub.channel(definition) };
  });
  const acknowledged = new Map<string, Position>();
  const subscribers: Subscriber[] = [];
  const pending: Promise<unknown>[] = [];
  const numbers = [0, 0, 0];
  let blocked: (() => void) | undefined;

  function publish(): void {
    const publisher = below(processes.length);
    const item = { publisher, number: (numbers[publisher] as number)++ };
    const sent = processes[publisher]?.channel.publish({ room: 'a' }, item) as Promise<{
      position: Position;
    }>;
    // A publish that failed is unknown to the checker: it may be there or not.
    pending.push(
      sent.then(({ position }) => acknowledged.set(nameOf(item), position)).catch(() => undefined),
    );
  }

  /** Where a newcomer begins: from now on, or where somebody stands. */
  function anySince(): Position | undefined {
    const last = any([undefined, ...subscribers])?.last();
    return below(2) === 0 ? last : undefined;
  }

  async function subscribe(since = anySince()): Promise<void> {
    const events: ChannelEvent<Item>[] = [];
    const slow = below(3) === 0;
    const keep = (event: ChannelEvent<Item>): void => {
      const note =
        event.type === 'message' ? event.source : `${event.reason} ${event.unrecovered ?? 'recovered'}`;
      met(note);
      if (since?.epoch === nowhere && note === 'history') met('history from nowhere');
      events.push(event);
    };
    const hear = (event: ChannelEvent<Item>): void | Promise<void> => {
      if (tamper === undefined) keep(event);
      else tamper(event, keep, since);
      if (slow && below(2) === 0) return clock.sleep(below(30));
    };
    const listener = {
      message: (_: unknown, event: unknown) => hear(event as ChannelEvent<Item>),
      gap: hear,
    };
    const options = {
      ...(since && { since }),
      queueLimit: slow ? 3 : 1000,
      overflow: any(['drop-oldest', 'drop-newest'] as const),
    };
    try {
      const subscription = await any(processes).channel.subscribe({ room: 'a' }, listener, options);
      // Without `since` it begins with whatever comes first from now on, at the latest.
      const begun = since ?? beginning(events, subscription);
      const first = begun ?? nowhereAt(clock.now());
      subscribers.push({
        begun,
        events,
        subscription,
        last: () => subscription.position ?? first,
        hasLeft: false,
      });
    } catch {
      // Refused by the chaos: nobody listens.
    }
  }

  /** As a client whose connection is cut. */
  function leave(): Subscriber | undefined {
    const subscriber = any([undefined, ...subscribers]);
    if (subscriber === undefined) return undefined;
    subscriber.hasLeft = true;
    pending.push(subscriber.subscription.close().catch(() => undefined));
    return subscriber;
  }
  /** It is back soon after a failover, and may have seen more than the server has. */
  function comeBack(): void {
    const subscriber = leave();
    failOver();
    if (subscriber !== undefined) pending.push(subscribe(subscriber.last()));
  }

  const acts: Acts = [
    [40, publish],
    [8, () => void pending.push(subscribe())],
    [2, leave],
    [2, comeBack],
    [5, () => redis.faults.cut()],
    [4, () => any(processes).chaos.silenceFeeds()],
    [4, () => any(processes).chaos.disconnect()],
    [6, () => any(processes).chaos.reconnect()],
    [2, () => emptied(() => redis.flush())],
    [2, failOver],
    [3, block],
    [4, () => unblock()],
    [25, () => clock.advance(below(60))],
    [2, () => clock.advance(4000)],
  ];

  /** How many messages the server has taken. */
  const appended = (): number => redis.inspect().commands.xadd ?? 0;
  let appendedWhenEmptied = 0;
  function emptied(act: () => void): void {
    act();
    appendedWhenEmptied = appended();
  }
  /** The replica that takes over has not seen the last writes; that all data was lost is never among them, or it would be back. */
  function failOver(): void {
    const lose = below(7);
    if (blocked === undefined && appended() - appendedWhenEmptied > lose) redis.failover?.({ lose });
  }
  function block(): void {
    if (blocked !== undefined) return;
    if (below(2) === 0) {
      redis.faults.pause();
      blocked = () => redis.faults.resume();
    } else {
      redis.faults.refuse({ loseData: below(3) === 0 });
      blocked = () => emptied(() => redis.faults.restore());
    }
  }
  function unblock(): void {
    blocked?.();
    blocked = undefined;
  }

  pending.push(subscribe());
  for (let step = 0; step < steps; step++) {
    await chance.act(acts)();
    if (below(3) === 0) await clock.advance(0);
  }
  // Everything heals; one more publish, and time for every check.
  unblock();
  for (const { chaos } of processes) {
    chaos.calm(true);
    chaos.reconnect();
  }
  await clock.advance(10_000);
  await Promise.all(pending);
  publish();
  await clock.advance(30_000);
  await Promise.all(pending);
  const head = await headOf(redis.driver());
  await Promise.all(processes.map((process) => process.close()));
  redis.close();
  return { acknowledged, head, subscribers };

  async function headOf(driver: Driver): Promise<Position | undefined> {
    const text = await driver.send({
      args: ['GET', 'pk:ps1:head:{room:a}'],
      read: (reply) => reply as string | null,
    });
    if (text === null) return undefined;
    const [epoch = '', offset] = text.split(':');
    return { epoch, offset: Number(offset) };
  }
}

function beginning(events: readonly ChannelEvent<Item>[], subscription: Subscription): Position | undefined {
  const first = events[0];
  if (first === undefined) return subscription.position;
  if (first.type === 'gap') return first.from;
  return first.position && { epoch: first.position.epoch, offset: first.position.offset - 1 };
}
