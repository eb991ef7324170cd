import type { Clock, Driver } from '@penknife/core';
import type { MatrixContext } from '@penknife/matrix';
import { expect, it } from 'vitest';
import { type Consumer, type ConsumerEvent, createStreams, type Stream } from '../src/index.js';
import { all, collected, gate } from './collected.js';
import { dressed } from './dressed.js';
import { patiently } from './patience.js';
import { drafts, type Numbered, numbers } from './sample-streams.js';

type Numbers = Stream<{ readonly data: Numbered }, { readonly data: Numbered }>;

const minuteMs = 60_000;

/** A process whose wall clock is off by so much; its timers are as good as any. */
function withSkew(driver: Driver, skewMs: number): Driver {
  const { clock: inner } = driver;
  const clock: Clock = {
    now: () => inner.now() + skewMs,
    monotonic: () => inner.monotonic(),
    timer: (delayMs, listener) => inner.timer(delayMs, listener),
    sleep: (ms, signal) => inner.sleep(ms, signal),
  };
  return dressed(driver, { clock });
}

/** Processes whose clocks are minutes off, together on one stream. */
export function skewedClockSuite(context: MatrixContext): void {
  const group = 'g';
  const waits = <T>(promise: Promise<T>): Promise<T> => patiently(context, promise);
  const open = async (skewMs: number): Promise<Numbers> =>
    createStreams(withSkew(await context.driver(), skewMs)).open(numbers);
  const both = (): Promise<[Numbers, Numbers]> => Promise.all([open(10 * minuteMs), open(-10 * minuteMs)]);

  it('trap 25: delays and times of scheduled messages are those of the server, whoever schedules and whoever appends', async () => {
    const [fast, slow] = await both();
    const serverMs = Number((await fast.append({ data: { n: 0 } })).id.split('-')[0]);
    const later = [
      await fast.schedule({ data: { n: 1 } }, { delay: 30 }),
      await slow.schedule({ data: { n: 2 } }, { delay: 30 }),
      await fast.schedule({ data: { n: 3 } }, { at: serverMs + 60 }),
      await slow.schedule({ data: { n: 4 } }, { delay: '20m' }),
    ];
    const schedulers = [fast.startScheduler(), slow.startScheduler()];
    const appended = (): Promise<{ readonly data: Numbered; readonly appendedAtMs: number }[]> =>
      all(fast.range());
    await waits(
      (async () => {
        while ((await appended()).length < 4) await context.advance(5);
      })(),
    );
    await context.advance(20);
    const entries = (await appended()).slice(1);
    expect(entries.map(({ data }) => data.n).sort()).toEqual([1, 2, 3]);
    for (const { data, appendedAtMs } of entries) {
      const { atMs } = later[data.n - 1] as (typeof later)[number];
      expect(appendedAtMs).toBeGreaterThanOrEqual(atMs);
      expect(atMs - serverMs).toBeLessThan(minuteMs);
    }
    for (const one of schedulers) await one.close();
  });

  context.where(context.column.memory, 'minutes have to pass')(
    'trap 25: a recurrence goes by the clock of the server, whoever plans it, to its last time',
    async () => {
      for (const skewMs of [-10 * minuteMs, 10 * minuteMs]) {
        const [stream, exact] = [await open(skewMs), await open(0)];
        const length = async (): Promise<number> => (await all(exact.range())).length;
        const before = await length();
        const hourMs = 60 * minuteMs;
        const start = new Date(Math.ceil(context.clock.now() / hourMs) * hourMs);
        const day = `${start.getUTCHours()} ${start.getUTCDate()} ${start.getUTCMonth() + 1} * ${start.getUTCFullYear()}`;
        await exact.schedule({ data: { n: 1 } }, { id: 'thrice', cron: `0 1,2,3 ${day}` });
        await context.advance(start.getTime() - context.clock.now());
        const scheduler = stream.startScheduler();
        for (let minute = 0; minute < 5; minute++) {
          expect(await length()).toBe(before + Math.max(0, Math.min(3, minute)));
          for (let i = 0; i < 12; i++) await context.advance(5000);
          await context.advance(minute === 0 ? 100 : 0);
        }
        await scheduler.close();
        expect(await exact.cancel('thrice')).toBe(false);
      }
    },
  );

  it('trap 25: nobody is taken over, tried again or trimmed before its time', async () => {
    const [fast, slow] = await both();
    const events = collected<ConsumerEvent>();
    const seen = collected<readonly [number, number]>();
    const hold = gate();
    const join = (stream: Numbers): Consumer =>
      stream.consume(
        group,
        async (message) => {
          seen.push([message.data.n, message.deliveries]);
          if (message.data.n === 0) await message.nack('5m');
          else await hold.passed;
        },
        { lease: '2m', prefetch: 0, onEvent: (event) => events.push(event) },
      );
    const consumers = [fast, slow].map(join);
    await fast.appendMany(drafts(3));
    await waits(seen.atLeast(3));
    // Who comes now looks for what is due and for the dead at once; by either's own clock everything would be.
    consumers.push(...[fast, slow].map(join));
    await waits(Promise.all(consumers.map(({ ready }) => ready)));
    await context.advance(50);
    expect([...seen.items].sort()).toEqual([
      [0, 1],
      [1, 1],
      [2, 1],
    ]);
    expect(events.items.filter(({ type }) => type === 'taken-over' || type === 'lease-lost')).toEqual([]);
    for (const stream of [fast, slow]) {
      expect(await stream.trim({ maxAge: '5m', unread: 'drop' })).toMatchObject({ removed: 0 });
      const stats = await stream.stats(group);
      expect(stats).toMatchObject({ pending: 3, retries: 1 });
      expect(stats.oldestUnackedAgeMs).toBeLessThan(minuteMs);
    }
    hold.open();
    await Promise.all(consumers.map((one) => one.close()));
  });
}
