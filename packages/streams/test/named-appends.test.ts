import {
  type Command,
  ConnectionError,
  createManualClock,
  type Driver,
  type ResultOf,
  rawReply,
  ServerError,
} from '@penknife/core';
import { createMemoryRedis } from '@penknife/driver-memory';
import { describe, expect, test } from 'vitest';
import { createStreams } from '../src/index.js';
import { gate } from './collected.js';
import { dressed } from './dressed.js';
import { numbers, splitNumbers } from './sample-streams.js';

type Named = string | undefined;

/**
 * Says it has IDMP, while `has` says so. `answer` is asked before each XADD, with its name if it has one; what it rejects with is
 * the answer. Its clock stands still unless a test moves it.
 */
function remembering(
  answer: (name: Named) => Promise<unknown>,
  { clock = createManualClock(), has = (): boolean => true } = {},
): Driver {
  const driver = createMemoryRedis({ clock }).driver();
  return dressed(driver, {
    traits: async () => ({ ...(await driver.traits()), supports: (one) => one === 'xadd-idmp' && has() }),
    async send<C extends Command>(command: C, options?: object): Promise<ResultOf<C>> {
      const [name, key, idmp, producer, number, ...rest] = command.args;
      if (name !== 'XADD') return (await driver.send(command, options)) as ResultOf<C>;
      const named = idmp === 'IDMP';
      expect(command.repeatable === true).toBe(named);
      await answer(named ? `${producer} ${number}` : undefined);
      const plain = named ? { ...command, args: ['XADD', key, ...rest] } : command;
      return (await driver.send(plain as C, options)) as ResultOf<C>;
    },
  });
}

test('names are given while fifty at most are under way, counted from the oldest: none is forgotten before its reply', async () => {
  const sent: Named[] = [];
  const held = gate();
  const driver = remembering(async (name) => {
    sent.push(name);
    if (sent.length === 1) await held.passed;
  });
  const log = createStreams(driver, { repeatAppends: true }).open(numbers);
  const first = log.append({ data: { n: 0 } });
  for (let n = 1; n < 60; n++) await log.append({ data: { n } });
  expect(new Set(sent.slice(0, 50)).size).toBe(50);
  expect(sent.slice(0, 50)).not.toContain(undefined);
  expect(sent.slice(50)).toEqual(Array.from({ length: 10 }, () => undefined));
  held.open();
  await first;
  await log.append({ data: { n: 60 } });
  expect(sent.at(-1)).toMatch(/^\S{16} 51$/);
  const [[producer] = []] = sent.map((name) => name?.split(' '));
  const other = createStreams(driver, { repeatAppends: true }).open(numbers);
  await other.append({ data: { n: 61 } });
  expect(sent.at(-1)).toMatch(/^\S{16} 1$/);
  expect(sent.at(-1)).not.toContain(producer);
  await driver.close();
});

test('a server that came with a failover and knows no names: it goes on without, unless an earlier try may have run, or it says that it knows them', async () => {
  const sent: boolean[] = [];
  let refusal: Error | undefined;
  let has = true;
  const driver = remembering(
    async (name) => {
      sent.push(name !== undefined);
      if (name !== undefined && refusal !== undefined) throw refusal;
    },
    { has: () => has },
  );
  const log = createStreams(driver, { repeatAppends: true }).open(numbers);
  for (const error of [
    new ServerError('ERR Invalid stream ID specified as stream command argument', { sent: 'maybe' }),
    new ServerError('WRONGTYPE Operation against a key holding the wrong kind of value'),
    new ConnectionError('cut', { sent: 'maybe' }),
    new ServerError('ERR of a proxy: it may have run'),
  ]) {
    refusal = error;
    await expect(log.append({ data: { n: 1 } })).rejects.toBe(error);
  }
  expect(sent.splice(0)).toEqual([true, true, true, true]);
  has = false;
  refusal = new ServerError('ERR Invalid stream ID specified as stream command argument');
  await log.append({ data: { n: 1 } });
  await log.append({ data: { n: 2 } });
  expect(sent).toEqual([true, false, false]);
  await driver.close();
});

test('after an append that failed, or took long, the next have another producer: none pushes out a try that is on its way', async () => {
  const clock = createManualClock();
  const producers: Named[] = [];
  let answer: (() => Promise<unknown>) | undefined;
  const driver = remembering(
    async (name) => {
      producers.push(name?.split(' ')[0]);
      await answer?.();
    },
    { clock },
  );
  const log = createStreams(driver, { repeatAppends: true }).open(numbers);
  const append = () => log.append({ data: { n: 1 } });
  await append();
  await append();
  answer = () => Promise.reject(new ConnectionError('cut', { sent: 'maybe' }));
  await expect(append()).rejects.toMatchObject({ sent: 'maybe' });
  answer = () => clock.advance(26);
  await append();
  answer = undefined;
  await append();
  const [first, second, failed, slow, last] = producers;
  expect([second, failed]).toEqual([first, first]);
  expect(new Set([first, slow, last]).size).toBe(3);
  await driver.close();
});

describe('the question what the server can do', () => {
  const clock = createManualClock();
  const opened = () => {
    const redis = createMemoryRedis({ clock });
    const driver = redis.driver();
    return { redis, driver, log: createStreams(driver, { repeatAppends: true }).open(numbers) };
  };

  test('does not fail an append while the server is away: it waits for it, as without names', async () => {
    const { redis, driver, log } = opened();
    await driver.send({ args: ['PING'], read: rawReply });
    redis.faults.refuse();
    const appended = log.append({ data: { n: 1 } }, { deadlineMs: 4000 }).catch((error: unknown) => error);
    await clock.advance(500);
    redis.faults.restore();
    await clock.advance(2500);
    expect(await appended).toMatchObject({ duplicate: false });
    await driver.close();
  });

  test('is asked within the deadline and the signal of the call', async () => {
    const { redis, driver, log } = opened();
    await driver.send({ args: ['PING'], read: rawReply });
    redis.faults.pause();
    const settled: unknown[] = [];
    const stop = new AbortController();
    for (const call of [{ deadlineMs: 100 }, { signal: stop.signal }]) {
      log.append({ data: { n: 1 } }, call).catch((error: { code: string }) => settled.push(error.code));
    }
    await clock.advance(101);
    expect(settled).toHaveLength(1);
    stop.abort();
    await clock.advance(1);
    expect(settled).toHaveLength(2);
    redis.faults.resume();
    await driver.close();
  });

  test('is no condition of a consumer, which only reports it', async () => {
    const { driver } = opened();
    for (const traits of [
      () => Promise.reject(new ConnectionError('one primary is away', { sent: 'no' })),
      () => new Promise<never>(() => undefined),
    ]) {
      const streams = createStreams(dressed(driver, { traits }), { repeatAppends: true });
      const errors: unknown[] = [];
      for (const definition of [numbers, splitNumbers]) {
        let ready = false;
        const consumer = streams.open(definition as typeof numbers).consume('g', () => undefined, {
          onEvent: (event) => void (event.type === 'error' && errors.push(event.error)),
        });
        void consumer.ready.then(() => {
          ready = true;
        });
        await clock.advance(20);
        expect(ready).toBe(true);
        expect(consumer.capabilities.append).toBe('plain');
        const closed = consumer.close();
        await clock.advance(20);
        await closed;
      }
      expect(errors).toEqual([]);
    }
    await driver.close();
  });

  test('is answered no by an engine that remembers no names, as an 8.6, too', async () => {
    const driver = createMemoryRedis({ clock, compatibility: '8.6' }).driver();
    expect((await driver.traits()).supports('xadd-idmp')).toBe(false);
    await driver.close();
  });
});
