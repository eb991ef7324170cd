import { ConnectionError, type Driver, sentOf } from '@penknife/core';
import type { MatrixContext } from '@penknife/matrix';
import { expect, it } from 'vitest';
import { createStreams, NotDurableError, PartlyAppendedError } from '../src/index.js';
import { all } from './collected.js';
import { dressed } from './dressed.js';
import { drafts, numbers, splitNumbers } from './sample-streams.js';

/** A driver that cannot send the acts of appending that are chosen by their number, from 1. */
function refusing(driver: Driver, chosen: (act: number) => boolean, sent: 'no' | 'maybe' = 'no'): Driver {
  let acts = 0;
  return dressed(driver, {
    send: (command, options) =>
      command.script?.name === 'streams/append' && chosen(++acts)
        ? Promise.reject(new ConnectionError('not now', { sent }))
        : driver.send(command, options),
  });
}

const failure = (call: Promise<unknown>): Promise<unknown> => call.catch((error: unknown) => error);

/** What an append that failed says of what is in the log. */
export function appendingSuite(context: MatrixContext): void {
  it('many that took several acts, of which one failed: no error says that nothing was sent', async () => {
    const driver = await context.driver();
    const log = createStreams(refusing(driver, (act) => act === 3)).open(numbers);
    const error = (await failure(log.appendMany(drafts(500)))) as PartlyAppendedError;
    expect(error).toBeInstanceOf(PartlyAppendedError);
    expect(error).toMatchObject({ code: 'PARTLY_APPENDED', sent: 'maybe', cause: { sent: 'no' } });
    expect(sentOf(error)).toBe('maybe');
    expect(error.appended).toHaveLength(500);
    const there = error.appended.filter((one) => one !== undefined);
    expect((await all(log.range())).map(({ id }) => id)).toEqual(there.map(({ id }) => id));
    expect(there).toHaveLength(400);
    // The first act failed: that is all there is to say.
    const nothing = createStreams(refusing(driver, () => true)).open(numbers);
    expect(await failure(nothing.appendMany(drafts(500)))).toMatchObject({ code: 'CONNECTION', sent: 'no' });
  });

  it('many over several partitions, of which one could not be reached, likewise', async () => {
    const driver = await context.driver();
    const keyed = Array.from({ length: 8 }, (_, n) => ({ key: `k${n}`, data: { n } }));
    const log = createStreams(refusing(driver, (act) => act === 2)).open(splitNumbers);
    const error = (await failure(log.appendMany(keyed))) as PartlyAppendedError;
    expect(error).toMatchObject({ code: 'PARTLY_APPENDED', sent: 'maybe', cause: { sent: 'no' } });
    const ids = new Map<number, string>();
    for (let partition = 0; partition < log.partitions; partition++)
      for await (const { id, data } of log.partition(partition).range()) ids.set(data.n, id);
    expect(error.appended.map((one) => one?.id)).toEqual(keyed.map((_, n) => ids.get(n)));
    expect(ids.size).toBeGreaterThan(0);
    expect(ids.size).toBeLessThan(8);
    const nothing = createStreams(refusing(driver, () => true)).open(splitNumbers);
    expect(await failure(nothing.appendMany(keyed))).toMatchObject({ code: 'CONNECTION', sent: 'no' });
    const perhaps = createStreams(refusing(driver, () => true, 'maybe')).open(splitNumbers);
    expect(await failure(perhaps.appendMany(keyed))).toMatchObject({ code: 'CONNECTION', sent: 'maybe' });
  });

  const replicated = context.column.topology === 'cluster' && !context.column.memory;
  it('many over several partitions that are all there and not confirmed: that is what the error says', async () => {
    const log = createStreams(await context.driver()).open(splitNumbers);
    const keyed = Array.from({ length: 8 }, (_, n) => ({ key: `k${n}`, id: `i${n}`, data: { n } }));
    const wanted = { durable: 'replica', replicas: 5, confirmWithin: 30 } as const;
    const error = (await failure(log.appendMany(keyed, wanted))) as NotDurableError;
    expect(error).toBeInstanceOf(NotDurableError);
    expect(error).toMatchObject({ code: 'NOT_DURABLE', replicas: replicated ? 1 : 0, flushed: true });
    expect(error.message).toContain('of 5 replicas');
    const again = await log.appendMany(keyed);
    expect(again).toEqual(error.appended.map((one) => ({ ...one, duplicate: true })));
  });
}
