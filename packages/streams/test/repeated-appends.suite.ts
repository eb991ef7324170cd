import { type Command, ConnectionError, type Driver, type ResultOf } from '@penknife/core';
import type { MatrixContext } from '@penknife/matrix';
import { expect, it } from 'vitest';
import { createStreams, defineStream } from '../src/index.js';
import { all } from './collected.js';
import { dressed } from './dressed.js';
import { numbered, numbers, type OrderEvent, orders, splitNumbers } from './sample-streams.js';

/** As a driver whose connection is cut after each XADD has run, once: what is repeatable is sent again. */
function resending(driver: Driver): Driver {
  return dressed(driver, {
    async send<C extends Command>(command: C, options?: object): Promise<ResultOf<C>> {
      const result = (await driver.send(command, options)) as ResultOf<C>;
      if (command.args[0] !== 'XADD') return result;
      if (!command.repeatable) throw new ConnectionError('cut', { sent: 'maybe' });
      return (await driver.send(command, options)) as ResultOf<C>;
    },
  });
}

/** An append of a message without an id whose reply is lost. */
export function repeatedAppendSuite(context: MatrixContext): void {
  const maybe = { code: 'CONNECTION', sent: 'maybe' };
  const one: OrderEvent = { event: 'placed', data: { n: 1 } };

  it('is sent again where the server remembers its name, and stored once; elsewhere it may have appended', async () => {
    const driver = await context.driver();
    const remembers = (await driver.traits()).supports('xadd-idmp');
    const streams = createStreams(resending(driver), { repeatAppends: true });
    const [log, bounded, split] = [streams.open(numbers), streams.open(orders), streams.open(splitNumbers)];
    for (const append of [
      () => log.append({ data: { n: 1 } }),
      () => bounded.append(one),
      () => split.append({ key: 'a', data: { n: 1 } }),
    ]) {
      if (remembers) expect(await append()).toMatchObject({ duplicate: false });
      else await expect(append()).rejects.toMatchObject(maybe);
    }
    expect(await all(log.range())).toHaveLength(1);
    expect(await all(bounded.range())).toHaveLength(1);
    expect(await all(split.partition(split.partitionOf('a')).range())).toHaveLength(1);
    // Another handle is another producer, and each message has a name of its own.
    const other = createStreams(driver, { repeatAppends: true }).open(numbers);
    for (let n = 2; n < 5; n++) await other.append({ data: { n } });
    expect((await all(log.range())).map(({ data }) => data.n)).toEqual([1, 2, 3, 4]);
    // An append that trims by age is a script, and has no name.
    const aged = streams.open(defineStream('aged', { schema: numbered, retention: { maxAge: '1h' } }));
    const [consumer, ofAged] = [log, aged].map((stream) => stream.consume('g', () => undefined));
    await Promise.all([consumer?.ready, ofAged?.ready]);
    // What they asked for their report.
    await driver.traits();
    expect(consumer?.capabilities.append).toBe(remembers ? 'IDMP' : 'plain');
    expect(ofAged?.capabilities.append).toBe('plain');
    await streams.close();
  });

  it('is not sent again unless that is wanted, nor when it may go on for longer than it is remembered', async () => {
    const driver = await context.driver();
    const log = createStreams(resending(driver)).open(numbers);
    await expect(log.append({ data: { n: 1 } })).rejects.toMatchObject(maybe);
    const patient = createStreams(resending(driver), { repeatAppends: true }).open(numbers);
    const deadlineMs = 90_000;
    await expect(patient.append({ data: { n: 2 } }, { deadlineMs })).rejects.toMatchObject(maybe);
    expect(await all(log.range())).toHaveLength(2);
  });
}
