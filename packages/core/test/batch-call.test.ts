import { getEventListeners } from 'node:events';
import { expect, it } from 'vitest';
import { createDriver } from '../src/driver-kit.js';
import {
  type CallOptions,
  type Command,
  ConnectionError,
  createManualClock,
  defineScript,
  type Outcome,
  rawReply,
  ServerError,
  sentOf,
} from '../src/index.js';
import { transportOver } from './transport-over.js';

const get = (key: string): Command<unknown> => ({ args: ['GET', key], key, read: rawReply });
const repeatable = (key: string): Command<unknown> => ({ ...get(key), repeatable: true });

/** A batch on a connection whose calls end when they are told to. */
function open(
  commands: readonly Command<unknown>[],
  options?: CallOptions,
  duringWrite = (): void => undefined,
) {
  const clock = createManualClock();
  const written: { key: string; answer(reply: unknown): void; fail(error: Error): void }[] = [];
  let isReady = (): boolean => true;
  const driver = createDriver(
    transportOver(
      ({ args }) =>
        new Promise((answer, fail) => {
          written.push({ key: args.join(' ').replace(/^GET /, ''), answer, fail });
          duringWrite();
        }),
      () => isReady(),
    ),
    { clock },
  );
  const setReady = (ready: () => boolean): void => {
    isReady = ready;
  };
  return { clock, driver, written, setReady, start: () => driver.batch(commands, options) };
}

/** What became of each: its value, or its code and whether it may have run. */
function told(outcomes: readonly Outcome<unknown>[]): unknown[] {
  return outcomes.map((each) => (each.ok ? each.value : `${each.error.code} ${sentOf(each.error)}`));
}

const lost = (): ConnectionError => new ConnectionError('lost on its way', { sent: 'maybe' });

it('what was lost on its way goes again where that is harmless, and is told as uncertain otherwise', async () => {
  const { clock, driver, written, start } = open([get('a'), repeatable('b'), get('c')]);
  const batch = start();
  written[0]?.fail(lost());
  written[1]?.fail(lost());
  written[2]?.answer('3');
  await clock.advance(300);
  expect(written.map(({ key }) => key)).toEqual(['a', 'b', 'c', 'b']);
  written[3]?.answer('2');
  expect(told(await batch)).toEqual(['CONNECTION maybe', '2', '3']);
  await driver.close();
});

it('what goes again has no more time than the batch had', async () => {
  const { clock, driver, written, start } = open([get('a')], { deadlineMs: 1000 });
  const batch = start();
  await clock.advance(900);
  written[0]?.fail(new ServerError('LOADING the dataset'));
  await clock.advance(99);
  expect(written.length).toBeGreaterThan(1);
  let outcome: unknown;
  void batch.then((outcomes) => {
    outcome = told(outcomes);
  });
  await clock.advance(1);
  expect(outcome).toEqual(['DEADLINE maybe']);
  expect(clock.armed).toBe(0);
  await driver.close();
});

it('at the deadline those that were answered keep their answers, and later answers change nothing', async () => {
  const { clock, driver, written, start } = open([get('a'), get('b')], { deadlineMs: 50 });
  const batch = start();
  written[0]?.answer('1');
  await clock.advance(50);
  written[1]?.answer('2');
  await clock.advance(1);
  expect(told(await batch)).toEqual(['1', 'DEADLINE maybe']);
  await driver.close();
});

it('a signal gives up those that are open, and nothing stays with it', async () => {
  const controller = new AbortController();
  const { driver, written, start } = open([get('a'), get('b')], { signal: controller.signal });
  const batch = start();
  expect(getEventListeners(controller.signal, 'abort')).toHaveLength(1);
  written[0]?.answer('1');
  await Promise.resolve();
  controller.abort();
  expect(told(await batch)).toEqual(['1', 'ABORTED maybe']);
  expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0);
  await driver.close();
});

it('with all answered nothing stays with the signal, or with the clock once it has been looked at', async () => {
  const { signal } = new AbortController();
  const { clock, driver, written, start } = open([get('a')], { signal, deadlineMs: 50 });
  const batch = start();
  written[0]?.answer('1');
  expect(told(await batch)).toEqual(['1']);
  expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  await clock.advance(50);
  expect(clock.armed).toBe(0);
  await driver.close();
});

it('the end of the driver ends all: those written may have run, those that wait have not', async () => {
  const { driver, written, setReady, start } = open([get('a')]);
  const first = start();
  setReady(() => false);
  const second = start();
  await driver.close();
  expect(told(await first)).toEqual(['CLOSED maybe']);
  expect(told(await second)).toEqual(['CLOSED no']);
  expect(written).toHaveLength(1);
});

it('what a transport throws instead of rejecting is an outcome like any other', async () => {
  const driver = createDriver(
    transportOver(() => {
      throw lost();
    }),
  );
  expect(told(await driver.batch([get('a'), get('b')]))).toEqual(['CONNECTION maybe', 'CONNECTION maybe']);
  await driver.close();
});

it('a reader that fires the signal or closes the driver settles nothing twice', async () => {
  for (const act of ['abort', 'close'] as const) {
    const controller = new AbortController();
    const ends = { abort: () => controller.abort(), close: () => void driver.close() };
    const reading: Command<unknown> = {
      ...get('a'),
      read(reply) {
        ends[act]();
        return reply;
      },
    };
    const { driver, written, start } = open([reading, get('b')], { signal: controller.signal });
    const batch = start();
    written[0]?.answer('1');
    expect(told(await batch)).toEqual(['1', act === 'abort' ? 'ABORTED maybe' : 'CLOSED maybe']);
    await driver.close();
  }
});

it('what ends all within a write leaves the rest unwritten', async () => {
  for (const act of ['abort', 'close'] as const) {
    const controller = new AbortController();
    const during = (): void => (act === 'abort' ? controller.abort() : void opened.driver.close());
    const opened = open([get('a'), get('b')], { signal: controller.signal }, during);
    const code = act === 'abort' ? 'ABORTED' : 'CLOSED';
    expect(told(await opened.start())).toEqual([`${code} no`, `${code} no`]);
    expect(opened.written).toHaveLength(1);
    opened.written[0]?.answer('1');
    await opened.driver.close();
  }
});

it('a transport that cannot say whether it is ready fails each call by itself', async () => {
  const { driver, setReady, start } = open([get('a'), get('b')]);
  setReady(() => {
    throw lost();
  });
  expect(told(await start())).toEqual(['CONNECTION maybe', 'CONNECTION maybe']);
  await driver.close();
});

it('begun without a connection, nothing was sent at the deadline or the abort', async () => {
  const controller = new AbortController();
  const { clock, driver, written, setReady, start } = open([get('a')], { deadlineMs: 50 });
  setReady(() => false);
  const batch = start();
  const aborted = driver.batch([get('b')], { signal: controller.signal });
  controller.abort();
  expect(told(await aborted)).toEqual(['ABORTED no']);
  expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0);
  await clock.advance(50);
  expect(told(await batch)).toEqual(['CONNECTION no']);
  expect(written).toHaveLength(0);
  await driver.close();
});

it('with a signal that has fired nothing begins, and no timer', async () => {
  const { clock, driver, written, start } = open([get('a')], { signal: AbortSignal.abort() });
  expect(told(await start())).toEqual(['ABORTED no']);
  expect([written.length, clock.armed]).toEqual([0, 0]);
  await driver.close();
});

it('one that waits to go again is given up by the signal, and leaves nothing', async () => {
  const controller = new AbortController();
  const { clock, driver, written, start } = open([repeatable('a')], {
    signal: controller.signal,
    deadlineMs: 500,
  });
  const batch = start();
  written[0]?.fail(lost());
  await Promise.resolve();
  controller.abort();
  expect(told(await batch)).toEqual(['ABORTED maybe']);
  expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0);
  await clock.advance(500);
  expect([written.length, clock.armed]).toEqual([1, 0]);
  await driver.close();
});

it('on a lane: a script goes again by its text, what is lost does not, and what is given up ends the lane', async () => {
  const increment = defineScript({
    name: 'test/increment',
    lua: 'return 1',
    keys: 1,
    args: 0,
    read: rawReply,
  });
  const { driver, written } = open([]);
  const lane = await driver.openLane();
  const batch = lane.batch([increment(['a'], []), repeatable('b')]);
  written[0]?.fail(new ServerError('NOSCRIPT no matching script'));
  written[1]?.fail(lost());
  await Promise.resolve();
  expect(written[2]?.key).toBe('EVAL return 1 1 a');
  written[2]?.answer(1);
  expect(told(await batch)).toEqual([1, 'CONNECTION maybe']);
  expect(lane.lost.aborted).toBe(false);
  const controller = new AbortController();
  const givenUp = lane.batch([get('c'), get('d')], { signal: controller.signal });
  controller.abort();
  expect(told(await givenUp)).toEqual(['ABORTED maybe', 'ABORTED maybe']);
  expect(lane.lost.aborted).toBe(true);
  await driver.close();
});
