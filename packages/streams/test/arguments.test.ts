import { createMemoryRedis } from '@penknife/driver-memory';
import { countingDriver } from '@penknife/testing';
import { afterAll, describe, expect, it } from 'vitest';
import { createEventStore } from '../src/event-store.js';
import {
  compareIds,
  createStreams,
  defineStream,
  type ReceivedMessage,
  timeOfId,
  timeToDrainMs,
} from '../src/index.js';
import { openTelemetry } from '../src/otel.js';
import { collected, gate } from './collected.js';
import { numbered, numbers, orders, splitNumbers } from './sample-streams.js';
import { faultsOf, isObject, list, optional, type Place, text, wrong } from './wrong-arguments.js';

const { driver, sent } = countingDriver(createMemoryRedis().driver());
const streams = createStreams(driver);
const log = streams.open(numbers);
const split = streams.open(splitNumbers);
const laned = streams.open(
  defineStream('laned', { schema: numbered, retention: 'forever', lanes: { high: 2, low: 1 } }),
);
const store = createEventStore(driver, orders);
const letters = log.deadLetters('g');
const draft = { data: { n: 1 } };
const handler = (): void => undefined;
const ended = { name: 'ended', retention: 'forever' } as const;
const all = async (entries: AsyncIterable<unknown>): Promise<void> => {
  for await (const _ of entries);
};
const first = (entries: AsyncIterableIterator<unknown>): Promise<unknown> => entries.next();

const doors: readonly Place[] = [
  { name: 'createStreams(driver)', call: (value) => createStreams(value) },
  { name: 'createStreams(…, options)', call: (value) => createStreams(driver, value), may: optional },
  { name: 'open', call: (value) => streams.open(value) },
  {
    name: 'defineStream(name)',
    call: (value) => defineStream(value, { schema: numbered, ...ended }),
    may: text,
  },
  { name: 'defineStream(…, options)', call: (value) => defineStream('x', value) },
  { name: 'schema', call: (value) => defineStream('x', { ...ended, schema: value }) },
  { name: 'events', call: (value) => defineStream('x', { ...ended, events: value } as never) },
  { name: 'retention', call: (value) => defineStream('x', { schema: numbered, retention: value }) },
  {
    name: 'codec',
    call: (value) => defineStream('x', { ...ended, schema: numbered, codec: value }),
    may: (value) => value === undefined,
  },
  {
    name: 'lanes',
    call: (value) => defineStream('x', { ...ended, schema: numbered, lanes: value }),
    may: (value) => value === undefined,
  },
  {
    name: 'upcasters',
    call: (value) => defineStream('x', { ...ended, schema: numbered, upcasters: value }),
    may: (value) => value === undefined || list(value),
  },
  { name: 'createEventStore(driver)', call: (value) => createEventStore(value, orders) },
  { name: 'createEventStore(…, definition)', call: (value) => createEventStore(driver, value) },
  {
    name: 'createEventStore(…, options)',
    call: (value) => createEventStore(driver, orders, value),
    may: optional,
  },
  { name: 'openTelemetry', call: (value) => openTelemetry(value), may: optional },
  { name: 'timeToDrainMs', call: (value) => timeToDrainMs(value, value), may: isObject },
  { name: 'compareIds', call: (value) => compareIds('1-0', value), may: text },
  { name: 'timeOfId', call: (value) => timeOfId(value), may: text },
];

const appending: readonly Place[] = [
  { name: 'append', call: (value) => log.append(value) },
  { name: 'append(…, options)', call: (value) => log.append(draft, value), may: optional },
  {
    name: 'append(…, { signal })',
    call: (value) => log.append(draft, { signal: value }),
    may: (v) => v === undefined,
  },
  {
    name: 'append(…, { deadlineMs })',
    call: (value) => log.append(draft, { deadlineMs: value }),
    may: (value) => value === undefined || value === 5,
  },
  {
    name: 'key',
    call: (value) => log.append({ ...draft, key: value }),
    may: (v) => v === undefined || text(v),
  },
  {
    name: 'id',
    call: (value) => log.append({ ...draft, id: value }),
    may: (v) => v === undefined || text(v),
  },
  { name: 'headers', call: (value) => log.append({ ...draft, headers: value }), may: optional },
  { name: 'trace', call: (value) => log.append({ ...draft, trace: value }), may: (v) => v === undefined },
  { name: 'appendMany', call: (value) => log.appendMany(value), may: list },
  { name: 'appendMany(…, options)', call: (value) => log.appendMany([draft], value), may: optional },
  {
    name: 'appendWith(draft)',
    call: (value) => log.appendWith(value, [{ args: ['SET', 'a{numbers}', 1], keys: ['a{numbers}'] }]),
  },
  { name: 'appendWith(…, effects)', call: (value) => log.appendWith(draft, value) },
  { name: 'an effect', call: (value) => log.appendWith(draft, [value]) },
  { name: 'args of an effect', call: (value) => log.appendWith(draft, [{ args: value, keys: ['a'] }]) },
  {
    name: 'keys of an effect',
    call: (value) => log.appendWith(draft, [{ args: ['SET', 'a', 1], keys: value }]),
  },
  { name: 'split.append', call: (value) => split.append(value) },
  { name: 'split.appendMany', call: (value) => split.appendMany(value), may: list },
  { name: 'laned.append(lane)', call: (value) => laned.append(value, draft) },
  { name: 'laned.append(…, draft)', call: (value) => laned.append('high', value) },
  { name: 'laned.appendMany', call: (value) => laned.appendMany('high', value), may: list },
  { name: 'schedule(draft)', call: (value) => log.schedule(value, { delay: '1s' }) },
  { name: 'schedule(…, when)', call: (value) => log.schedule(draft, value) },
  { name: 'schedule(…, { cron })', call: (value) => log.schedule(draft, { id: 'x', cron: value }) },
  {
    name: 'schedule(…, { timeZone })',
    call: (value) => log.schedule(draft, { id: 'x', cron: '0 0 * * *', timeZone: value }),
    may: (v) => v === undefined,
  },
  {
    name: 'schedule(…, { id })',
    call: (value) => log.schedule(draft, { delay: '1s', id: value }),
    may: (v) => v === undefined || text(v),
  },
  { name: 'cancel', call: (value) => log.cancel(value), may: text },
  { name: 'promote', call: (value) => log.promote(value), may: text },
];

const reading: readonly Place[] = [
  { name: 'read', call: (value) => log.read(value) },
  { name: 'range', call: (value) => all(log.range(value)), may: optional },
  { name: 'range({ from })', call: (value) => all(log.range({ from: value })), may: (v) => v === undefined },
  {
    name: 'range({ signal })',
    call: (value) => all(log.range({ signal: value })),
    may: (v) => v === undefined,
  },
  {
    name: 'range({ onPoison })',
    call: (value) => all(log.range({ onPoison: value })),
    may: (v) => v === undefined || typeof v === 'function',
  },
  { name: 'tail', call: (value) => first(log.tail(value)), may: optional },
  { name: 'tail({ from })', call: (value) => first(log.tail({ from: value })), may: (v) => v === undefined },
  {
    name: 'tail({ signal })',
    call: (value) => first(log.tail({ signal: value })),
    may: (v) => v === undefined,
  },
  { name: 'aside', call: (value) => all(log.aside(value)), may: optional },
  { name: 'stats', call: (value) => log.stats(value), may: text },
  { name: 'seek(group)', call: (value) => log.seek(value, 'start'), may: text },
  { name: 'seek(…, position)', call: (value) => log.seek('g', value) },
  { name: 'split.seek', call: (value) => split.seek('g', value) },
  { name: 'split.partition', call: (value) => split.partition(value) },
  { name: 'split.partitionOf', call: (value) => split.partitionOf(value), may: text },
  { name: 'laned.lane', call: (value) => laned.lane(value) },
  { name: 'trim', call: (value) => log.trim(value) },
  { name: 'startTrimmer', call: (value) => log.startTrimmer(value) },
  {
    name: 'startTrimmer({ onTrimmed })',
    call: (value) => log.startTrimmer({ consumed: true, onTrimmed: value }),
    may: (v) => v === undefined || typeof v === 'function',
  },
  { name: 'startScheduler', call: (value) => log.startScheduler(value), may: optional },
  { name: 'deadLetters', call: (value) => log.deadLetters(value), may: text },
  { name: 'deadLetters.list', call: (value) => all(letters.list(value)), may: optional },
  {
    name: 'deadLetters.list({ ids })',
    call: (value) => all(letters.list({ ids: value })),
    may: (v) => v === undefined || list(v),
  },
  {
    name: 'deadLetters.list({ where })',
    call: (value) => all(letters.list({ where: value })),
    may: (v) => v === undefined || typeof v === 'function',
  },
  { name: 'deadLetters.replay', call: (value) => letters.replay(value), may: optional },
  { name: 'deadLetters.discard', call: (value) => letters.discard(value), may: optional },
  { name: 'deadLetters.count', call: (value) => letters.count(value), may: optional },
  { name: 'close', call: (value) => createStreams(driver).close(value), may: optional },
];

const consuming: readonly Place[] = [log, split, laned].flatMap((stream) => [
  {
    name: `${stream.name}: consume(group)`,
    call: (value: never) => stream.consume(value, handler),
    may: text,
  },
  {
    name: `${stream.name}: consume(…, handler)`,
    call: (value: never) => stream.consume('g', value),
    may: (v: unknown) => typeof v === 'function',
  },
  {
    name: `${stream.name}: consume(…, options)`,
    call: (value: never) => stream.consume('g', handler, value),
    may: optional,
  },
  ...(['from', 'recreateFrom', 'retry', 'onEvent', 'lease', 'concurrency', 'name'] as const).map(
    (option) => ({
      name: `${stream.name}: consume(…, { ${option} })`,
      call: (value: never) => stream.consume('g', handler, { [option]: value }),
      may: (value: unknown) =>
        value === undefined ||
        (option === 'retry' && isObject(value)) ||
        (option === 'onEvent' && typeof value === 'function') ||
        (option === 'concurrency' && value === 5) ||
        (option === 'name' && text(value)),
    }),
  ),
]);

const storing: readonly Place[] = [
  {
    name: 'append(aggregate)',
    call: (value) => store.append(value, [{ event: 'placed', data: { n: 1 } }], { expectedVersion: 0 }),
    may: text,
  },
  { name: 'append(…, events)', call: (value) => store.append('a', value, { expectedVersion: 0 }) },
  { name: 'append(…, [event])', call: (value) => store.append('a', [value], { expectedVersion: 0 }) },
  {
    name: 'append(…, options)',
    call: (value) => store.append('a', [{ event: 'placed', data: { n: 1 } }], value),
  },
  { name: 'events(aggregate)', call: (value) => all(store.events(value)), may: text },
  { name: 'events(…, options)', call: (value) => all(store.events('a', value)), may: optional },
  {
    name: 'load(aggregate)',
    call: (value) => store.load(value, { initial: 0, apply: (n: number) => n }),
    may: text,
  },
  { name: 'load(…, fold)', call: (value) => store.load('a', value) },
  {
    name: 'load(…, options)',
    call: (value) => store.load('a', { initial: 0, apply: (n: number) => n }, value),
    may: optional,
  },
  { name: 'snapshot(aggregate)', call: (value) => store.snapshot(value, 1, 0), may: text },
  { name: 'snapshot(…, version)', call: (value) => store.snapshot('a', value, 0), may: (v) => v === 5 },
  { name: 'snapshot(…, options)', call: (value) => store.snapshot('a', 1, 0, value), may: optional },
];

afterAll(async () => {
  await streams.close();
  await driver.close();
});

describe('what no argument can be is refused by name, before anything is sent', () => {
  for (const place of [...doors, ...appending, ...reading, ...consuming, ...storing]) {
    it(place.name, async () => expect(await faultsOf(place, sent)).toEqual([]));
  }

  it('what a handler does with its message, and what is done with its consumer', async () => {
    const own = createMemoryRedis().driver();
    // The consumer goes on reading meanwhile.
    const settling = /once|retry|bury|dead|ack|release/;
    const settled = countingDriver(own, (command) => settling.test(command.script?.name ?? ''));
    const log = createStreams(settled.driver).open(numbers);
    const messages = collected<ReceivedMessage<{ readonly data: { readonly n: number } }>>();
    const hold = gate();
    const consumer = log.consume('held', (message) => {
      messages.push(message);
      return hold.passed;
    });
    await log.append(draft);
    const [message] = await messages.atLeast(1);
    const effects = [{ args: ['SET', `a${log.hashTag}`, 1], keys: [`a${log.hashTag}`] }] as const;
    const places: Place[] = [
      { name: 'handleOnce', call: (value) => message?.handleOnce(value) },
      { name: 'handleOnce(…, options)', call: (value) => message?.handleOnce(effects, value), may: optional },
      { name: 'nack', call: (value) => message?.nack(value), may: (v) => v === undefined || v === 5 },
      { name: 'deadLetter', call: (value) => message?.deadLetter(value), may: text },
      { name: 'resumeKey', call: (value) => consumer.resumeKey(value, 'retry'), may: text },
      { name: 'resumeKey(…, how)', call: (value) => consumer.resumeKey('a', value) },
      { name: 'close', call: (value) => consumer.close(value), may: optional },
    ];
    const faults: string[] = [];
    for (const place of places) faults.push(...(await faultsOf(place, settled.sent)));
    expect(faults).toEqual([]);
    hold.open();
    await consumer.close();
    expect(settled.sent()).toBeGreaterThan(0);
    await own.close();
  });

  it('a call needs time, what is closed may have none', async () => {
    const wrongTimes = [-1, Number.NaN, '5s', null];
    for (const deadlineMs of [0, Number.POSITIVE_INFINITY, ...wrongTimes])
      await expect(log.append(draft, { deadlineMs } as never)).rejects.toMatchObject({
        argument: 'deadlineMs',
      });
    const closed = [
      createStreams(driver),
      ...[log, split, laned].map((one) => one.consume('closed', handler)),
    ];
    for (const one of closed) {
      for (const deadlineMs of wrongTimes)
        await expect(one.close({ deadlineMs } as never)).rejects.toMatchObject({ argument: 'deadlineMs' });
      await one.close({ deadlineMs: 0 });
      await one.close({ deadlineMs: Number.POSITIVE_INFINITY });
    }
  });

  it('planted: a call that takes whatever it is given', async () => {
    expect(await faultsOf({ name: 'planted', call: () => undefined }, sent)).toHaveLength(wrong.length);
    expect(
      await faultsOf({ name: 'planted', call: (value: { a: { b: 1 } }) => value.a.b }, sent),
    ).not.toEqual([]);
  });
});
