import { type Command, ConnectionError, type Driver } from '@penknife/core';
import type { MatrixContext } from '@penknife/matrix';
import { expect, it } from 'vitest';
import { scheduleMessage } from '../src/commands/schedule.js';
import { createStreams, defineStream, type Stream, streamKeys } from '../src/index.js';
import { keysOfStream } from '../src/keys.js';
import { collected } from './collected.js';
import { dressed } from './dressed.js';
import { patiently } from './patience.js';
import { losingReplies } from './pausable-driver.js';
import { type Numbered, numbered, numbers } from './sample-streams.js';

type Numbers = Stream<{ readonly data: Numbered }, { readonly data: Numbered }>;

/** Messages that are appended later. */
export function schedulingSuite(context: MatrixContext): void {
  const keys = streamKeys.in('pk');
  const open = async (): Promise<Numbers> => createStreams(await context.driver()).open(numbers);
  const waits = <T>(promise: Promise<T>, limitMs?: number): Promise<T> =>
    patiently(context, promise, limitMs);
  const length = async (): Promise<number> => Number(await context.admin('XLEN', keys.log('numbers')));

  it('trap 24: a delay longer than any lease delivers once, and not before its time', async () => {
    const [stream, other] = [await open(), await open()];
    const scheduler = other.startScheduler();
    const seen = collected<readonly [number, number, number]>();
    const consumer = stream.consume(
      'g',
      ({ data, appendedAtMs, deliveries }) => seen.push([data.n, appendedAtMs, deliveries]),
      // A delay longer than the lease is shown on memory; on a server a loaded machine must not lose the lease by itself.
      { lease: context.column.memory ? 30 : '1h' },
    );
    const { atMs, duplicate } = await stream.schedule({ data: { n: 1 } }, { delay: 90 });
    expect(duplicate).toBe(false);
    await stream.schedule({ data: { n: 2 } }, { at: atMs - 60 });
    const [, appendedAtMs] = await waits(seen.first(([n]) => n === 1));
    expect(appendedAtMs).toBeGreaterThanOrEqual(atMs);
    await context.advance(40);
    // Waiting counted against no lease: each is one entry, handed out once.
    expect(await length()).toBe(2);
    expect(seen.items.map(([n, , deliveries]) => [n, deliveries]).sort()).toEqual([
      [1, 1],
      [2, 1],
    ]);
    await consumer.close();
    await scheduler.close();
  });

  it('an id is scheduled once; it can be cancelled, or appended now', async () => {
    const stream = await open();
    const first = await stream.schedule({ data: { n: 1 } }, { id: 'a', delay: '1h' });
    const second = await stream.schedule({ data: { n: 2 } }, { id: 'a', delay: '2h' });
    expect(second).toEqual({ ...first, duplicate: true });
    await stream.schedule({ data: { n: 3 } }, { id: 'b', delay: '1h' });
    expect(await stream.cancel('a')).toBe(true);
    expect(await stream.cancel('a')).toBe(false);
    expect(await stream.promote('a')).toBe(false);
    expect(await stream.promote('b')).toBe(true);
    expect(await stream.promote('b')).toBe(false);
    expect(await length()).toBe(1);
    expect(await context.admin('EXISTS', keys.due('numbers'), keys.scheduled('numbers'))).toBe(0);
  });

  it('a lost reply is told, and nothing is scheduled twice by itself', async () => {
    const driver = await context.driver();
    const scheduler = (await open()).startScheduler();
    let sent = 0;
    const lossy = losingReplies(
      driver,
      ({ script }) => script?.name === 'streams/schedule' && ++sent > 0,
      () => new ConnectionError('cut', { sent: 'maybe' }),
    );
    const stream = createStreams(lossy).open(numbers);
    await expect(stream.schedule({ data: { n: 1 } }, { delay: 0 })).rejects.toMatchObject({ sent: 'maybe' });
    for (let i = 0; i < 100 && (await length()) < 1; i++) await context.advance(10);
    await context.advance(20);
    expect([await length(), sent]).toEqual([1, 1]);
    await scheduler.close();
    const commands = await sentBy(driver, (to) =>
      createStreams(to)
        .open(numbers)
        .schedule({ data: { n: 1 } }, { delay: '1h' }),
    );
    expect(commands.map(({ repeatable }) => repeatable)).toEqual([undefined]);
  });

  it('refuses a message id, which nothing would remember, and trims by age as every append does', async () => {
    const stream = await open();
    await expect(stream.schedule({ id: 'm', data: { n: 1 } }, { delay: 0 })).rejects.toMatchObject({
      argument: 'message id',
    });
    const aged = createStreams(await context.driver()).open(
      defineStream('aged', { schema: numbered, retention: { maxAge: 1 } }),
    );
    await context.admin('XADD', keys.log('aged'), '1-0', 'x', 'y');
    // Trimming is approximate: by whole nodes of 100 entries.
    for (let n = 0; n < 150; n++) await context.admin('XADD', keys.log('aged'), `2-${n}`, 'x', 'y');
    await aged.schedule({ data: { n: 1 } }, { id: 'a', delay: '1h' });
    expect(await aged.promote('a')).toBe(true);
    expect(Number(await context.admin('XLEN', keys.log('aged')))).toBeLessThan(100);
  });

  context.where(context.column.memory, 'minutes have to pass')(
    'cron: one that cannot be planned holds up no other, and one that is over is forgotten',
    async () => {
      const stream = await open();
      const errors = collected<unknown>();
      for (const id of ['a', 'b', 'c']) {
        await stream.schedule({ data: { n: 1 } }, { id, cron: '* * * * *' });
      }
      // As a process with other time zones, and one with years, would have written them.
      const [driver] = [await context.driver()];
      const write = (id: string, cron: string, zone: string) =>
        driver.send(
          scheduleMessage(keysOfStream('pk', 'numbers'), id, { atMs: 1, recurrence: cron, timeZone: zone }, [
            'd',
            'x',
          ]),
        );
      await write('a', '* * * * *', 'Middle/Earth');
      await write('b', '0 0 0 1 1 * 2001', 'UTC');
      const scheduler = stream.startScheduler({ onError: (error) => errors.push(error) });
      for (let i = 0; i < 36; i++) await context.advance(5000);
      expect(errors.items[0]).toMatchObject({ argument: 'cron' });
      expect(await context.admin('HEXISTS', keys.scheduled('numbers'), 'b')).toBe(0);
      expect(await length()).toBeGreaterThanOrEqual(5);
      await scheduler.close();
    },
  );

  it('many schedulers append each message once', async () => {
    const stream = await open();
    for (let n = 0; n < 30; n++) await stream.schedule({ data: { n } }, { delay: 10 });
    const schedulers = [(await open()).startScheduler(), (await open()).startScheduler()];
    for (let i = 0; i < 100 && (await length()) < 30; i++) await context.advance(10);
    await context.advance(30);
    expect(await length()).toBe(30);
    for (const scheduler of schedulers) await scheduler.close();
  });

  it('cron: the next time is in its zone, on both sides of a change of clocks; the same id replaces', async () => {
    const stream = await open();
    const nine = { id: 'daily', cron: '0 9 * * *', timeZone: 'Europe/Berlin' };
    const { atMs } = await stream.schedule({ data: { n: 1 } }, nine);
    const inBerlin = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', timeZone: 'Europe/Berlin' });
    expect(inBerlin.format(atMs)).toBe('09');
    const replaced = await stream.schedule({ data: { n: 2 } }, { ...nine, timeZone: 'Asia/Tokyo' });
    expect(replaced.duplicate).toBe(false);
    expect(await stream.promote('daily')).toBe(true);
    expect(await stream.cancel('daily')).toBe(true);
    expect(await length()).toBe(1);
  });

  context.where(context.column.memory, 'minutes have to pass')(
    'cron: comes again and again, and once for what was missed while nobody looked',
    async () => {
      const streams = createStreams(await context.driver());
      const stream = streams.open(numbers);
      await stream.schedule({ data: { n: 1 } }, { id: 'minutely', cron: '* * * * *' });
      await context.advance(10 * 60_000);
      stream.startScheduler();
      await context.advance(100);
      expect(await length()).toBe(1);
      for (let i = 0; i < 36; i++) await context.advance(5000);
      expect(await length()).toBe(4);
      await streams.close();
      await stream.cancel('minutely');
    },
  );

  context.where(context.column.memory, 'minutes have to pass')(
    'cron: one that was appended by a process that died before it planned the next is planned by another',
    async () => {
      const stream = await open();
      const { atMs } = await stream.schedule({ data: { n: 1 } }, { id: 'minutely', cron: '* * * * *' });
      await context.advance(Math.max(0, atMs - context.clock.now()) + 1);
      const driver = await context.driver();
      const dying = createStreams(
        dressed(driver, {
          send: (command, options) =>
            command.script?.name === 'streams/plan'
              ? new Promise(() => undefined)
              : driver.send(command, options),
        }),
      )
        .open(numbers)
        .startScheduler();
      await context.advance(100);
      expect(await length()).toBe(1);
      void dying.close();
      const scheduler = stream.startScheduler();
      for (let i = 0; i < 30; i++) await context.advance(5000);
      expect(await length()).toBeGreaterThanOrEqual(2);
      await scheduler.close();
      await stream.cancel('minutely');
    },
  );

  it('refuses times that make no sense, before anything is sent', async () => {
    const stream = await open();
    for (const [argument, options] of [
      ['schedule', {}],
      ['schedule', { delay: 1, at: 2 }],
      ['at', { at: -1 }],
      ['id', { cron: '* * * * *' }],
      ['cron', { id: 'x', cron: 'now and then' }],
      ['cron', { id: 'x', cron: '* * * * *', timeZone: 'Middle/Earth' }],
      ['delay', { delay: -5 }],
    ] as const) {
      await expect(stream.schedule({ data: { n: 1 } }, options)).rejects.toMatchObject({ argument });
    }
    await expect(stream.schedule({ data: { n: 'x' as never } }, { delay: 1 })).rejects.toMatchObject({
      code: 'SCHEMA',
    });
    expect(await context.admin('EXISTS', keys.due('numbers'))).toBe(0);
  });
}

/** The commands that are sent by an act. */
async function sentBy(
  driver: Driver,
  act: (driver: Driver) => Promise<unknown>,
): Promise<Command<unknown>[]> {
  const commands: Command<unknown>[] = [];
  await act(
    dressed(driver, {
      send(command, options) {
        commands.push(command);
        return driver.send(command, options);
      },
    }),
  );
  return commands;
}
