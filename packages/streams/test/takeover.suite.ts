import type { Driver } from '@penknife/core';
import type { MatrixContext } from '@penknife/matrix';
import { expect, it } from 'vitest';
import {
  type ConsumerEvent,
  type ConsumerOptions,
  createStreams,
  type Stream,
  streamKeys,
} from '../src/index.js';
import { all, collected, gate } from './collected.js';
import { patiently } from './patience.js';
import { pausable } from './pausable-driver.js';
import { drafts, type Numbered, numbers } from './sample-streams.js';

type Numbers = Stream<{ readonly data: Numbered }, { readonly data: Numbered }>;

/** What a group does when its members die or stall: nothing is lost, and nobody works on what another has. */
export function takeoverSuite(context: MatrixContext): void {
  const keys = streamKeys.in('pk');
  const log = keys.log('numbers');
  const group = 'g';
  const open = async (driver?: Driver): Promise<Numbers> =>
    createStreams(driver ?? (await context.driver())).open(numbers);
  const waits = <T>(promise: Promise<T>, limitMs?: number): Promise<T> =>
    patiently(context, promise, limitMs);
  const fast: ConsumerOptions = {
    lease: context.column.memory ? 100 : 200,
    retry: { base: 10, max: 20, jitter: 'none' },
  };
  const pending = async (): Promise<unknown> =>
    ((await context.admin('XPENDING', log, group)) as unknown[])[0];
  /** Makes a consumer hold entries and dies with them: nobody renews or releases. */
  const dieWith = async (count: number): Promise<void> => {
    await context.admin('XGROUP', 'CREATE', log, group, '0', 'MKSTREAM');
    await context.admin('XREADGROUP', 'GROUP', group, 'dead', 'COUNT', count, 'STREAMS', log, '>');
  };

  it('takes over what a dead consumer held, within the lease and a little', async () => {
    const stream = await open();
    await stream.appendMany(drafts(5));
    await dieWith(3);
    const seen = collected<readonly [number, number]>();
    const events = collected<ConsumerEvent>();
    const consumer = stream.consume(group, ({ data, deliveries }) => seen.push([data.n, deliveries]), {
      ...fast,
      onEvent: (event) => events.push(event),
    });
    await waits(seen.atLeast(5), 400);
    expect([...seen.items].sort()).toEqual([
      [0, 2],
      [1, 2],
      [2, 2],
      [3, 1],
      [4, 1],
    ]);
    expect(events.items.filter(({ type }) => type === 'taken-over')).toMatchObject([{ ids: { length: 3 } }]);
    await consumer.close();
    expect(await pending()).toBe(0);
  });

  it('a consumer whose driver ends without a word is taken over too', async () => {
    const [driver, other] = [await context.driver(), await context.driver()];
    const [dying, living] = [await open(driver), await open(other)];
    await living.appendMany(drafts(20));
    const hang = gate();
    const started = collected<number>();
    dying.consume(
      group,
      ({ data }) => {
        started.push(data.n);
        return hang.passed;
      },
      { ...fast, concurrency: 3 },
    );
    await waits(started.atLeast(3));
    await driver.close();
    const seen = collected<number>();
    const consumer = living.consume(group, ({ data }) => seen.push(data.n), fast);
    await waits(seen.atLeast(20), 500);
    expect(new Set(seen.items).size).toBe(20);
    hang.open();
    await consumer.close();
    expect(await pending()).toBe(0);
  });

  it('trap 1: an idle consumer that holds something is never removed, one that holds nothing is', async () => {
    const stream = await open();
    await stream.appendMany(drafts(1));
    await dieWith(1);
    await context.admin('XGROUP', 'CREATECONSUMER', log, group, 'empty');
    await context.advance(20);
    const events = collected<ConsumerEvent>();
    const options = { consumerIdle: 10, lease: 86_400_000 } as const;
    const consumer = stream.consume(group, () => undefined, {
      ...options,
      onEvent: (event) => events.push(event),
    });
    expect(await waits(events.first(({ type }) => type === 'consumers-removed'))).toMatchObject({
      names: ['empty'],
    });
    await consumer.close();
    expect(await pending()).toBe(1);
  });

  it('trap 2: what was trimmed while it was pending is told as lost, and does not stay', async () => {
    const stream = await open();
    const appended = await stream.appendMany(drafts(3));
    await dieWith(2);
    await context.admin('XDEL', log, appended[0]?.id as string);
    const seen = collected<number>();
    const events = collected<ConsumerEvent>();
    const consumer = stream.consume(group, ({ data }) => seen.push(data.n), {
      ...fast,
      onEvent: (event) => events.push(event),
    });
    const lost = await waits(events.first(({ type }) => type === 'payload-lost'));
    expect(lost).toEqual({ type: 'payload-lost', ids: [appended[0]?.id] });
    await waits(seen.atLeast(2));
    await consumer.close();
    expect(await pending()).toBe(0);
  });

  it('trap 3: what waits in the buffer of a busy consumer is renewed, and nobody takes it', async () => {
    const [busy, idle] = [await open(), await open()];
    await busy.appendMany(drafts(5));
    const release = gate();
    const seen = collected<string>();
    const first = busy.consume(
      group,
      async ({ data }) => {
        seen.push(`busy ${data.n}`);
        await release.passed;
      },
      { lease: 300, prefetch: 10 },
    );
    await waits(seen.atLeast(1));
    const second = idle.consume(group, ({ data }) => seen.push(`idle ${data.n}`), { lease: 300 });
    for (let i = 0; i < 5; i++) await context.advance(80);
    expect(seen.items).toEqual(['busy 0']);
    release.open();
    await waits(seen.atLeast(5));
    expect(seen.items).toEqual([0, 1, 2, 3, 4].map((n) => `busy ${n}`));
    await Promise.all([first.close(), second.close()]);
  });

  context.where(context.column.memory, 'no time may pass between a renewal and the look that follows')(
    'trap 4: an expired entry is found at once, however many living ones are pending before it',
    async () => {
      const stream = await open();
      await stream.appendMany(drafts(301));
      await context.admin('XGROUP', 'CREATE', log, group, '0');
      await context.admin('XREADGROUP', 'GROUP', group, 'living', 'COUNT', 300, 'STREAMS', log, '>');
      await context.admin('XREADGROUP', 'GROUP', group, 'dead', 'COUNT', 1, 'STREAMS', log, '>');
      await context.advance(70);
      // The living one renews all it has.
      const ids = (await context.admin('XPENDING', log, group, '-', '+', 300, 'living')) as [string][];
      await context.admin('XCLAIM', log, group, 'living', 0, ...ids.map(([id]) => id), 'JUSTID');
      const seen = collected<number>();
      const consumer = stream.consume(group, ({ data }) => seen.push(data.n), { ...fast, lease: 60 });
      await waits(seen.atLeast(1), 60);
      expect(seen.items).toEqual([300]);
      await consumer.close();
    },
  );

  context.where(context.column.memory, 'a stall of a loaded machine would be one more crash')(
    'trap 6: deliveries that ended in a crash do not count as failures, and have a budget of their own',
    async () => {
      const stream = await open();
      const appended = await stream.appendMany(drafts(2));
      await dieWith(2);
      const [first, second] = appended.map(({ id }) => id);
      await context.admin('XCLAIM', log, group, 'dead', 0, first as string, 'RETRYCOUNT', 2);
      await context.admin('XCLAIM', log, group, 'dead', 0, second as string, 'RETRYCOUNT', 3);
      const seen = collected<unknown>();
      const events = collected<ConsumerEvent>();
      const consumer = stream.consume(
        group,
        ({ data, deliveries, failures }) => {
          seen.push([data.n, deliveries, failures]);
          if (failures === 0) throw new Error('once');
        },
        {
          ...fast,
          retry: { ...fast.retry, failures: 2, crashes: 2 },
          onEvent: (event) => events.push(event),
        },
      );
      await waits(events.first(({ type }) => type === 'dead-letter'));
      await waits(seen.atLeast(2));
      expect(seen.items).toEqual([
        [0, 3, 0],
        [0, 4, 1],
      ]);
      await consumer.close();
      expect(await all(stream.deadLetters(group).list())).toMatchObject([
        { reason: 'crashed', deliveries: 4, failures: 0, message: { data: { n: 1 } } },
      ]);
    },
  );

  it('trap 8: a slow consumer that was overtaken is told by its signal, and cannot acknowledge the other’s work', async () => {
    const slowDriver = pausable(await context.driver());
    const [slow, quick] = [await open(slowDriver), await open()];
    await quick.append({ data: { n: 1 } });
    const reasons = collected<unknown>();
    const finish = gate();
    const results = collected<boolean>();
    const stalled = slow.consume(
      group,
      async (message) => {
        message.signal.addEventListener('abort', () => reasons.push(message.signal.reason));
        await finish.passed;
        results.push(await message.ack());
      },
      { ...fast, name: 'slow' },
    );
    await waits(patientlyHeld(stalled));
    slowDriver.pause();
    const taken = collected<string>();
    const hold = gate();
    const taker = quick.consume(
      group,
      async ({ data, deliveries }) => {
        taken.push(`${data.n}/${deliveries}`);
        await hold.passed;
      },
      { ...fast, name: 'quick' },
    );
    await waits(taken.atLeast(1), 600);
    // On a loaded server a delivery of its own may have outlived its lease on the way.
    expect(taken.items[0]).toMatch(context.column.memory ? /^1\/2$/ : /^1\/[2-9]$/);
    // The signal fired before anybody else could have it.
    expect(reasons.items).toMatchObject([{ code: 'LEASE_LOST' }]);
    slowDriver.resume();
    finish.open();
    expect(await waits(results.atLeast(1))).toEqual([false]);
    const owners = (await context.admin('XPENDING', log, group, '-', '+', 10)) as [string, string][];
    expect(owners.map(([, name]) => name)).toEqual(['quick']);
    hold.open();
    await Promise.all([taker.close(), stalled.close()]);
    expect(await pending()).toBe(0);
  });

  async function patientlyHeld(consumer: { health(): { readonly running: number } }): Promise<void> {
    while (consumer.health().running === 0) await context.advance(1);
  }

  it('a consumer that comes back under its name takes up what it held, at once', async () => {
    const stream = await open();
    await stream.appendMany(drafts(3));
    await context.admin('XGROUP', 'CREATE', log, group, '0');
    await context.admin('XREADGROUP', 'GROUP', group, 'steady', 'COUNT', 2, 'STREAMS', log, '>');
    const seen = collected<readonly [number, number]>();
    const consumer = stream.consume(group, ({ data, deliveries }) => seen.push([data.n, deliveries]), {
      name: 'steady',
      lease: '1h',
    });
    await waits(seen.atLeast(3), 200);
    expect(seen.items).toEqual([
      [0, 2],
      [1, 2],
      [2, 1],
    ]);
    await consumer.close();
  });

  context.where(!context.column.memory, 'a blocked event loop needs real time')(
    'trap 26: after its event loop stood still for longer than a lease a consumer starts nothing that may not be its own',
    async () => {
      const [driver, other] = [await context.driver(), await context.driver()];
      const [stalling, writer] = [await open(driver), await open(other)];
      await writer.appendMany(drafts(4));
      const seen = collected<readonly [number, number]>();
      const events = collected<ConsumerEvent>();
      const consumer = stalling.consume(
        group,
        async ({ data, deliveries }) => {
          seen.push([data.n, deliveries]);
          if (seen.items.length > 1) return;
          const until = performance.now() + 300;
          while (performance.now() < until);
        },
        { ...fast, prefetch: 3, onEvent: (event) => events.push(event) },
      );
      await waits(seen.first(([n]) => n === 3));
      await waits(events.first(({ type }) => type === 'lease-lost'));
      // What had waited in the buffer was let go, and came back as a further delivery.
      const waited = seen.items.filter(([n]) => n > 0);
      expect(waited.every(([, deliveries]) => deliveries === 2)).toBe(true);
      await consumer.close();
      expect(await pending()).toBe(0);
    },
  );
}
