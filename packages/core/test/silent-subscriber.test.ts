import { expect, it } from 'vitest';
import {
  createDriver,
  type SharedConnection,
  type SubscriberConnection,
  type SubscriberEvents,
  type Transport,
} from '../src/driver-kit.js';
import { ConnectionError, createManualClock, type Driver, type FeedSink } from '../src/index.js';

const silenceMs = 3000;
const never = new Promise<void>(() => undefined);

interface Opened {
  readonly events: SubscriberEvents;
  closed: boolean;
}

/** A transport whose subscriber connections answer by number: what `answers` says, 1 for the first. None answers when it is closed. */
function answering(
  answers: (connection: number, name: string) => Promise<void>,
  feedOptions: Parameters<Driver['openFeed']>[1] = {},
) {
  const opened: Opened[] = [];
  const absent = (): never => {
    throw new Error('not asked for here');
  };
  const transport: Transport = {
    topology: 'single',
    silenceMs,
    open: (): SharedConnection => ({
      ready: true,
      call: absent,
      transaction: absent,
      close: () => undefined,
    }),
    openLane: absent,
    openLanes: absent,
    async openSubscriber(_key, events): Promise<SubscriberConnection> {
      const connection = { events, closed: false };
      const number = opened.push(connection);
      return {
        node: 'the server',
        id: number,
        subscribe: (_kind, name) => answers(number, name),
        unsubscribe: (_kind, name) => answers(number, name),
        close() {
          connection.closed = true;
        },
      };
    },
    nodeOf: async () => 'the server',
    translate: (error) => error as ConnectionError,
  };
  const gaps: string[] = [];
  const sink: FeedSink = {
    message: () => undefined,
    gap: (_scope, reason) => void gaps.push(reason),
    invalidated: () => undefined,
  };
  const clock = createManualClock();
  const driver = createDriver(transport, { clock, deadlineMs: 60_000 });
  return { clock, driver, gaps, opened, feed: driver.openFeed(sink, feedOptions) };
}

it('a server that never acknowledges is given up, and the subscription is live on the next connection', async () => {
  const { clock, driver, gaps, opened, feed } = answering((connection, name) =>
    connection === 1 && name === 'stuck' ? never : Promise.resolve(),
  );
  const live = await feed;
  await live.subscribe('channel', 'news');
  const stuck = live.subscribe('channel', 'stuck');
  await clock.advance(silenceMs - 1);
  expect(opened.map(({ closed }) => closed)).toEqual([false]);
  await clock.advance(1000);
  await stuck;
  expect(opened.map(({ closed }) => closed)).toEqual([true, false]);
  // What was live before hears of it; what never was does not.
  expect(gaps).toEqual([`the server did not answer for ${silenceMs} ms`]);
  await driver.close();
});

it('an unsubscribe that is never acknowledged ends with its connection', async () => {
  let asked = 0;
  const { clock, driver, feed, opened } = answering(() => (++asked === 2 ? never : Promise.resolve()));
  const live = await feed;
  await live.subscribe('channel', 'news');
  const left = live.unsubscribe('channel', 'news');
  await clock.advance(silenceMs + 1000);
  await left;
  expect(opened[0]?.closed).toBe(true);
  await driver.close();
});

it('while anything is heard the answer is waited for', async () => {
  let acknowledge: () => void = () => undefined;
  const slow = new Promise<void>((resolve) => {
    acknowledge = resolve;
  });
  const { clock, driver, gaps, opened, feed } = answering((_, name) =>
    name === 'slow' ? slow : Promise.resolve(),
  );
  const live = await feed;
  await live.subscribe('channel', 'news');
  const pending = live.subscribe('channel', 'slow');
  for (let i = 0; i < 10; i++) {
    await clock.advance(silenceMs / 2);
    opened[0]?.events.message('channel', 'news', new Uint8Array(1));
  }
  acknowledge();
  await pending;
  expect([opened.length, gaps]).toEqual([1, []]);
  await driver.close();
});

it('an answer that stays out although the connection is gone holds up nothing', async () => {
  const { clock, driver, opened, feed } = answering((connection) =>
    connection === 1 ? never : Promise.resolve(),
  );
  const live = await feed;
  const pending = live.subscribe('channel', 'news');
  await clock.advance(1);
  opened[0]?.events.lost(new ConnectionError('cut', { sent: 'maybe' }));
  await clock.advance(100);
  await pending;
  expect(opened).toHaveLength(2);
  await driver.close();
});

it('a feed that is closed meanwhile leaves no timer, and its callers hear of it', async () => {
  const { clock, driver, feed } = answering(() => never);
  const pending = (await feed).subscribe('channel', 'news').catch((error: unknown) => error);
  await clock.advance(1);
  await driver.close();
  expect(await pending).toMatchObject({ code: 'CLOSED' });
  await clock.advance(0);
  expect(clock.armed).toBe(0);
});

it('a subscription that is acknowledged and cut in the same breath hears of the gap', async () => {
  let acknowledge: (() => void) | undefined;
  const { driver, gaps, opened, feed } = answering((connection, name) =>
    connection === 1 && name === 'late'
      ? new Promise((resolve) => (acknowledge = resolve))
      : Promise.resolve(),
  );
  const live = await feed;
  await live.subscribe('channel', 'other');
  await live.unsubscribe('channel', 'other');
  const late = live.subscribe('channel', 'late');
  while (acknowledge === undefined) await Promise.resolve();
  acknowledge();
  opened[0]?.events.lost(new ConnectionError('cut', { sent: 'maybe' }));
  await late;
  while (gaps.length === 0 || opened.length < 2) await new Promise(setImmediate);
  expect(gaps).toEqual(['cut']);
  await driver.close();
});

it('what arrived while the process stood still counts, although the timer is due before it is read', async () => {
  let acknowledge: (() => void) | undefined;
  const { clock, driver, gaps, opened, feed } = answering(
    () => new Promise((resolve) => (acknowledge = resolve)),
  );
  const live = await feed;
  const slow = live.subscribe('channel', 'slow');
  while (acknowledge === undefined) await Promise.resolve();
  // Due at the same moment, behind the timer that watches.
  clock.timer(silenceMs, acknowledge);
  await clock.advance(silenceMs);
  await slow;
  expect([gaps, opened.length]).toEqual([[], 1]);
  await driver.close();
});

it('who waits beside a subscription that fails waits for the next connection, whatever the client answers', async () => {
  const { clock, driver, opened, feed } = answering((connection, name) => {
    if (connection !== 2) return Promise.resolve();
    return name === 'stuck' ? never : Promise.reject(new ConnectionError('cut', { sent: 'maybe' }));
  });
  const live = await feed;
  await live.subscribe('channel', 'news');
  opened[0]?.events.lost(new ConnectionError('cut', { sent: 'maybe' }));
  const stuck = live.subscribe('channel', 'stuck');
  await clock.advance(silenceMs - 1);
  await stuck;
  expect(opened).toHaveLength(3);
  await driver.close();
});

it('key tracking on a connection that acknowledges nothing is begun anew on another', async () => {
  const { clock, driver, opened } = answering(() => never, { tracking: ['a'] });
  await clock.advance(silenceMs - 1);
  expect(opened.map(({ closed }) => closed)).toEqual([false]);
  await clock.advance(1000);
  expect(opened.map(({ closed }) => closed)).toEqual([true, false]);
  await driver.close();
  await clock.advance(0);
  expect(clock.armed).toBe(0);
});
