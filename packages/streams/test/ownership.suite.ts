import { ConnectionError } from '@penknife/core';
import type { MatrixContext } from '@penknife/matrix';
import { expect, it } from 'vitest';
import type { ConsumerEvent, ReceivedMessage } from '../src/index.js';
import { collected, gate } from './collected.js';
import { groupOfNumbers } from './group-of-numbers.js';
import { losingReplies, pausable } from './pausable-driver.js';
import { drafts, type Numbered } from './sample-streams.js';

type Received = ReceivedMessage<{ readonly data: Numbered }>;

/** Numbers of one key. */
const keyed = (count: number) => drafts(count).map((draft) => ({ key: 'a', ...draft }));

/** Whose a message is: his who has the lease, as long as he has it, and nobody else's. */
export function ownershipSuite(context: MatrixContext): void {
  const { keys, log, group, fast, open, waits, pending } = groupOfNumbers(context);

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

  context.where(context.column.memory, 'its lease ends while it stands still: no other time may pass')(
    'trap 8: a slow consumer that was overtaken is told by its signal, and cannot acknowledge the other’s work',
    async () => {
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
      while (stalled.health().running === 0) await context.advance(1);
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
      expect(await waits(taken.atLeast(1), 600)).toEqual(['1/2']);
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
    },
  );

  it('trap 8: whatever one who was overtaken does to the message, it does nothing to the other’s work', async () => {
    const stream = await open();
    const key = `sold:${stream.hashTag}`;
    const acts: readonly ((message: Received) => Promise<unknown>)[] = [
      (message) => message.ack(),
      (message) => message.nack(),
      (message) => message.deadLetter('mine'),
      (message) => message.handleOnce([{ args: ['INCR', key], keys: [key] }]),
      (message) => message.extend(),
      () => Promise.reject(new Error('failed')),
    ];
    const appended = await stream.appendMany(drafts(acts.length));
    const overtaken = gate();
    const started = collected<number>();
    const told = collected<unknown>();
    const events = collected<ConsumerEvent>();
    const consumer = stream.consume(
      group,
      async (message) => {
        started.push(message.data.n);
        await overtaken.passed;
        const act = acts[message.data.n] as (typeof acts)[number];
        told.push([message.data.n, await act(message)]);
      },
      { lease: '1h', concurrency: acts.length, onEvent: (event) => events.push(event) },
    );
    await waits(started.atLeast(acts.length));
    const ids = appended.map(({ id }) => id);
    // Somebody else is at work on all of it, in his own delivery.
    await context.admin('XCLAIM', log, group, 'another', 0, ...ids, 'RETRYCOUNT', 2);
    overtaken.open();
    expect([...(await waits(told.atLeast(5)))].sort()).toEqual([
      [0, false],
      [1, false],
      [2, false],
      [3, 'not-ours'],
      [4, false],
    ]);
    await waits(events.first((event) => event.type === 'unconfirmed' && event.id === ids[5]));
    expect(await consumer.close()).toEqual({ released: 0, handedOver: 0, removed: true });
    const left = (await context.admin('XPENDING', log, group, '-', '+', 10)) as unknown[][];
    expect(left.map(([id, name, , deliveries]) => [id, name, deliveries])).toEqual(
      ids.map((id) => [id, 'another', 2]),
    );
    expect(await context.admin('EXISTS', key, keys.failures('numbers', group))).toBe(0);
    expect(await stream.deadLetters(group).count()).toBe(0);
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

  it('what was let go unstarted, behind one that was lost, comes again as the same delivery', async () => {
    const stream = await open();
    const [first] = await stream.appendMany(keyed(3));
    const seen = collected<readonly [number, number]>();
    const events = collected<ConsumerEvent>();
    const overtaken = gate();
    const consumer = stream.consume(
      group,
      async (message) => {
        seen.push([message.data.n, message.deliveries]);
        if (message.data.n > 0) return;
        await overtaken.passed;
        await message.extend();
      },
      { lease: '1h', order: 'key', retry: { crashes: 0 }, onEvent: (event) => events.push(event) },
    );
    await waits(seen.atLeast(1));
    await context.admin('XCLAIM', log, group, 'somebody else', 0, first?.id ?? '');
    overtaken.open();
    await waits(events.first(({ type }) => type === 'lease-lost'));
    await context.admin('XACK', log, group, first?.id ?? '');
    await stream.append({ key: 'a', data: { n: 3 } });
    expect(await waits(seen.atLeast(4))).toEqual([0, 1, 2, 3].map((n) => [n, 1]));
    await consumer.close();
    expect(await pending()).toBe(0);
  });

  it('so does what never came to an ordered consumer, for the reply was lost', async () => {
    const lossy = losingReplies(
      await context.driver(),
      ({ script }) => script?.name === 'streams/take-ordered',
      () => new ConnectionError('cut', { sent: 'maybe' }),
    );
    await (await open()).appendMany(keyed(5));
    const seen = collected<readonly [number, number]>();
    const consumer = (await open(lossy)).consume(
      group,
      ({ data, deliveries }) => seen.push([data.n, deliveries]),
      { lease: '1h', order: 'key', retry: { crashes: 0 } },
    );
    expect(await waits(seen.atLeast(5))).toEqual([0, 1, 2, 3, 4].map((n) => [n, 1]));
    await consumer.close();
    expect(await pending()).toBe(0);
  });

  context.where(context.column.memory, 'its lease ends while it stands still: no other time may pass')(
    'of what one lost with its leases, only what it had started is a further delivery',
    async () => {
      const driver = pausable(await context.driver());
      const stream = await open(driver);
      await stream.appendMany(keyed(3));
      const seen = collected<readonly [number, number]>();
      const consumer = stream.consume(
        group,
        async ({ data, deliveries, signal }) => {
          seen.push([data.n, deliveries]);
          if (seen.items.length > 1) return;
          await new Promise((resolve) => signal.addEventListener('abort', resolve));
        },
        { ...fast, order: 'key', poll: 10 },
      );
      await waits(seen.atLeast(1));
      driver.pause();
      await context.advance(200);
      driver.resume();
      expect(await waits(seen.atLeast(4))).toEqual([
        [0, 1],
        [0, 2],
        [1, 1],
        [2, 1],
      ]);
      await consumer.close();
      expect(await pending()).toBe(0);
    },
  );
}
