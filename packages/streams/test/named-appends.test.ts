import { type Command, ConnectionError, type Driver, type ResultOf, ServerError } from '@penknife/core';
import { createMemoryRedis } from '@penknife/driver-memory';
import { expect, test } from 'vitest';
import { createStreams } from '../src/index.js';
import { gate } from './collected.js';
import { dressed } from './dressed.js';
import { numbers } from './sample-streams.js';

type Named = string | undefined;

/** Says it has IDMP. `answer` is asked before each XADD, with its name if it has one; what it rejects with is the answer. */
function remembering(answer: (name: Named) => Promise<unknown>): Driver {
  const driver = createMemoryRedis().driver();
  return dressed(driver, {
    traits: async () => ({ ...(await driver.traits()), supports: (one) => one === 'xadd-idmp' }),
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

test('a server that came with a failover and knows no names: it goes on without, unless an earlier try may have run', async () => {
  const sent: boolean[] = [];
  let refusal: Error | undefined;
  const driver = remembering(async (name) => {
    sent.push(name !== undefined);
    if (name !== undefined && refusal !== undefined) throw refusal;
  });
  const log = createStreams(driver, { repeatAppends: true }).open(numbers);
  for (const error of [
    new ServerError('ERR Invalid stream ID specified as stream command argument', { sent: 'maybe' }),
    new ServerError('WRONGTYPE Operation against a key holding the wrong kind of value'),
    new ConnectionError('cut', { sent: 'maybe' }),
  ]) {
    refusal = error;
    await expect(log.append({ data: { n: 1 } })).rejects.toBe(error);
  }
  expect(sent.splice(0)).toEqual([true, true, true]);
  refusal = new ServerError('ERR Invalid stream ID specified as stream command argument');
  await log.append({ data: { n: 1 } });
  await log.append({ data: { n: 2 } });
  expect(sent).toEqual([true, false, false]);
  await driver.close();
});
