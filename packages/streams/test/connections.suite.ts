import type { Driver, Lane } from '@penknife/core';
import type { MatrixContext } from '@penknife/matrix';
import { expect, it } from 'vitest';
import { type Consumer, createStreams, defineStream, streamKeys } from '../src/index.js';
import { collected, gate } from './collected.js';
import { dressed } from './dressed.js';
import { patiently } from './patience.js';
import { drafts, numbered, numbers } from './sample-streams.js';

/** Connections, wake-ups and shutdown. */
export function connectionSuite(context: MatrixContext): void {
  const keys = streamKeys.in('pk');
  const group = 'g';
  const waits = <T>(promise: Promise<T>, limitMs?: number): Promise<T> =>
    patiently(context, promise, limitMs);

  /** Counts the lanes that are open. */
  function countingLanes(driver: Driver): { readonly driver: Driver; readonly lanes: Set<Lane> } {
    const lanes = new Set<Lane>();
    const counting: Driver = dressed(driver, {
      async openLane(options) {
        const lane = await driver.openLane(options);
        lanes.add(lane);
        lane.lost.addEventListener('abort', () => lanes.delete(lane), { once: true });
        return lane;
      },
    });
    return { driver: counting, lanes };
  }

  it('trap 10: hundreds of consumers and readers share one blocking connection a slot, and none blocks the sender', async () => {
    const { driver, lanes } = countingLanes(await context.driver());
    const streams = createStreams(driver);
    const names = ['a', 'b'];
    const logs = names.map((name) =>
      streams.open(defineStream(name, { schema: numbered, retention: 'forever' })),
    );
    const seen = collected<string>();
    const consumers: Consumer[] = [];
    for (let i = 0; i < 100; i++) {
      logs.forEach((log, at) => {
        consumers.push(log.consume(`g${i}`, ({ data }) => seen.push(`${at} ${i} ${data.n}`)));
      });
    }
    await waits(Promise.all(consumers.map(({ ready }) => ready)));
    await driver.send({ args: ['PING'], read: String }, { deadlineMs: 1000 });
    for (const log of logs) await log.append({ data: { n: 1 } });
    await waits(seen.atLeast(200), 1000);
    const slots = context.column.topology === 'cluster' ? 2 : 1;
    while (lanes.size < slots) await context.advance(5);
    await context.advance(20);
    expect(lanes.size).toBe(slots);
    await streams.close();
    await context.advance(5);
    expect(lanes.size).toBe(0);
  });

  /** Counts what is sent. */
  function countingSends(driver: Driver): { readonly driver: Driver; sent(): number } {
    let sent = 0;
    const counting: Driver = dressed(driver, {
      send(command, options) {
        sent++;
        return driver.send(command, options);
      },
    });
    return { driver: counting, sent: () => sent };
  }

  it('sends few commands: many messages share one read and one acknowledgement', async () => {
    const { driver, sent } = countingSends(await context.driver());
    const log = createStreams(driver).open(numbers);
    await log.appendMany(drafts(1000));
    const cost = async (options: { concurrency?: number; batch?: never }): Promise<number> => {
      const seen = collected<number>();
      const before = sent();
      const consumer = log.consume(`g${before}`, ({ data }) => seen.push(data.n), { poll: '1h', ...options });
      await waits(seen.atLeast(1000));
      await consumer.close();
      return (sent() - before) / 1000;
    };
    expect(await cost({ concurrency: 100 })).toBeLessThan(0.08);
    expect(await cost({ concurrency: 1 })).toBeLessThan(2.1);
  });

  context.where(context.column.memory, 'only where time stands still is it known that nothing is under way')(
    'an idle consumer sends one look each poll interval, and a sweep a lease',
    async () => {
      const { driver, sent } = countingSends(await context.driver());
      const log = createStreams(driver).open(numbers);
      const consumer = log.consume(group, () => undefined, { lease: '30s', poll: '10s' });
      await waits(consumer.ready);
      await context.advance(100);
      const before = sent();
      await context.advance(9000);
      expect(sent() - before).toBe(0);
      await context.advance(300_000);
      // 30 looks; 10 sweeps, each with a look for due retries.
      expect(sent() - before).toBeLessThan(55);
      expect(sent() - before).toBeGreaterThan(45);
      await consumer.close();
    },
  );

  it('trap 9: nothing is missed between coming to the end and being woken', async () => {
    const [driver, other] = [await context.driver(), await context.driver()];
    const log = createStreams(driver).open(numbers);
    const writer = createStreams(other).open(numbers);
    const seen = collected<number>();
    // Never looks by itself within this test: every message must wake it.
    const consumer = log.consume(group, ({ data }) => seen.push(data.n), { poll: '1h' });
    await waits(consumer.ready);
    for (let n = 0; n < 100; n++) {
      await writer.append({ data: { n } });
      if (n % 3 === 0) await waits(seen.atLeast(n + 1), 500);
    }
    await waits(seen.atLeast(100), 500);
    expect(seen.items).toHaveLength(100);
    await consumer.close();
  });

  it('trap 11: the blocking connection is cut, and another takes its place', async () => {
    const { driver, lanes } = countingLanes(await context.driver());
    const log = createStreams(driver).open(numbers);
    const writer = createStreams(await context.driver()).open(numbers);
    const seen = collected<number>();
    const consumer = log.consume(group, ({ data }) => seen.push(data.n), { poll: '1h' });
    await waits(consumer.ready);
    await writer.append({ data: { n: 0 } });
    await waits(seen.atLeast(1));
    const [first] = lanes;
    await first?.close();
    await writer.append({ data: { n: 1 } });
    await waits(seen.atLeast(2), 1000);
    expect([...lanes]).not.toContain(first);
    expect(lanes.size).toBe(1);
    await consumer.close();
  });

  context.where(context.column.memory, 'the watchdog waits for seven seconds')(
    'traps 11 and 16: a blocked read that never comes back costs its connection, and waking goes on',
    async () => {
      const inner = await context.driver();
      let deaf = true;
      const driver: Driver = {
        ...inner,
        topology: inner.topology,
        clock: inner.clock,
        random: inner.random,
        async openLane(options) {
          const lane = await inner.openLane(options);
          if (!deaf) return lane;
          deaf = false;
          // Half-open: it takes what is sent and answers nothing.
          return {
            ...lane,
            id: lane.id,
            lost: lane.lost,
            send: (command, call) => lane.send({ ...command, args: ['BLPOP', 'nowhere', '0'] }, call),
          };
        },
      };
      const log = createStreams(driver).open(numbers);
      const seen = collected<number>();
      const consumer = log.consume(group, ({ data }) => seen.push(data.n), { poll: '1h', lease: '1h' });
      await waits(consumer.ready);
      await context.advance(100);
      await log.append({ data: { n: 1 } });
      await context.advance(6000);
      expect(seen.items).toEqual([]);
      await context.advance(2000);
      expect(seen.items).toEqual([1]);
      await consumer.close();
    },
  );

  it('shutdown gives back what was not started, at once and unharmed, and wakes the others', async () => {
    const [leaving, staying] = [await context.driver(), await context.driver()];
    const seen = collected<readonly [number, number]>();
    const done = gate();
    const log = createStreams(leaving).open(numbers);
    await log.appendMany(drafts(10));
    const first = log.consume(
      group,
      async (message) => {
        seen.push([message.data.n, message.deliveries]);
        await done.passed;
      },
      { lease: '1h', prefetch: 9 },
    );
    await waits(seen.atLeast(1));
    const others = collected<readonly [number, number]>();
    const second = createStreams(staying)
      .open(numbers)
      .consume(group, ({ data, deliveries }) => others.push([data.n, deliveries]), {
        lease: '1h',
        poll: '1h',
      });
    await waits(second.ready);
    const closing = first.close();
    await waits(others.atLeast(9), 300);
    expect(others.items).toEqual(
      drafts(10)
        .slice(1)
        .map(({ data }) => [data.n, 1]),
    );
    done.open();
    expect(await waits(closing)).toEqual({ released: 9, handedOver: 0, removed: true });
    await second.close();
    expect(((await context.admin('XPENDING', keys.log('numbers'), group)) as unknown[])[0]).toBe(0);
  });

  it('shutdown hands over what is still running after its deadline, and its signal fires', async () => {
    const [leaving, staying] = [await context.driver(), await context.driver()];
    const reasons = collected<unknown>();
    const results = collected<boolean>();
    const late = gate();
    const log = createStreams(leaving).open(numbers);
    await log.append({ data: { n: 1 } });
    const started = gate();
    const first = log.consume(
      group,
      async (message) => {
        message.signal.addEventListener('abort', () => reasons.push(message.signal.reason));
        started.open();
        await late.passed;
        results.push(await message.ack());
      },
      { lease: '1h' },
    );
    await waits(started.passed);
    const report = await waits(first.close({ deadlineMs: 20 }));
    expect(report).toEqual({ released: 1, handedOver: 1, removed: true });
    expect(reasons.items).toMatchObject([{ code: 'HANDED_OVER' }]);
    const seen = collected<number>();
    const second = createStreams(staying)
      .open(numbers)
      .consume(group, ({ deliveries }) => seen.push(deliveries), { lease: '1h' });
    await waits(seen.atLeast(1), 300);
    expect(seen.items).toEqual([1]);
    late.open();
    expect(await waits(results.atLeast(1))).toEqual([false]);
    await second.close();
  });

  it('close is repeatable, also before the group is there, and a closed door opens nothing', async () => {
    const streams = createStreams(await context.driver());
    const log = streams.open(numbers);
    const consumer = log.consume(group, () => undefined);
    const closed = await Promise.all([consumer.close(), consumer.close(), streams.close()]);
    expect(closed[0]).toEqual(closed[1]);
    await consumer.ready;
    expect(() => log.consume(group, () => undefined)).toThrow(/closed/);
  });

  it('leaves no timer behind', async () => {
    const driver = await context.driver();
    const armed = new Set<object>();
    const clock: Driver['clock'] = {
      ...driver.clock,
      now: () => driver.clock.now(),
      monotonic: () => driver.clock.monotonic(),
      timer(delayMs, listener) {
        const timer = driver.clock.timer(delayMs, () => {
          armed.delete(entry);
          listener();
        });
        const entry = {
          cancel() {
            armed.delete(entry);
            timer.cancel();
          },
        };
        armed.add(entry);
        return entry;
      },
    };
    const watched: Driver = dressed(driver, { clock });
    const log = createStreams(watched).open(numbers);
    const seen = collected<number>();
    const consumer = log.consume(group, async (message) => {
      seen.push(message.data.n);
      if (message.data.n === 1 && message.failures === 0) await message.nack('1h');
    });
    await log.appendMany(drafts(3));
    await waits(seen.atLeast(3));
    expect(armed.size).toBeGreaterThan(0);
    await consumer.close();
    await context.advance(5);
    expect(armed.size).toBe(0);
  });
}
