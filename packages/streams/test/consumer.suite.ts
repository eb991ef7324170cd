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
import { drafts, type Numbered, numbers } from './sample-streams.js';

type Numbers = Stream<{ readonly data: Numbered }, { readonly data: Numbered }>;

/** What a consumer does when nothing goes wrong, and when its handler fails. */
export function consumerSuite(context: MatrixContext): void {
  const keys = streamKeys.in('pk');
  const group = 'g';
  const open = async (driver?: Driver): Promise<Numbers> =>
    createStreams(driver ?? (await context.driver())).open(numbers);
  const pending = async (): Promise<unknown> =>
    ((await context.admin('XPENDING', keys.log('numbers'), group)) as unknown[])[0];
  const waits = <T>(promise: Promise<T>, limitMs?: number): Promise<T> =>
    patiently(context, promise, limitMs);
  const fast: ConsumerOptions = { retry: { base: 10, max: 20, jitter: 'none' } };

  it('hands over each message once, in order, and leaves nothing pending', async () => {
    const log = await open();
    const seen = collected<number>();
    const consumer = log.consume(group, ({ data }) => seen.push(data.n));
    await consumer.ready;
    await log.appendMany(drafts(300));
    await waits(seen.atLeast(300));
    expect(await consumer.close()).toEqual({ released: 0, handedOver: 0, removed: true });
    expect(seen.items).toEqual(drafts(300).map(({ data }) => data.n));
    expect(await pending()).toBe(0);
  });

  it('two consumers of a group share, two groups each get all', async () => {
    const [log, other] = [await open(), await open()];
    const shared = collected<number>();
    const alone = collected<number>();
    const consumers = [
      log.consume('shared', ({ data }) => shared.push(data.n)),
      other.consume('shared', ({ data }) => shared.push(data.n)),
      other.consume('alone', ({ data }) => alone.push(data.n)),
    ];
    await log.appendMany(drafts(100));
    await waits(Promise.all([shared.atLeast(100), alone.atLeast(100)]));
    await Promise.all(consumers.map((consumer) => consumer.close()));
    expect(new Set(shared.items).size).toBe(100);
    expect(shared.items).toHaveLength(100);
    expect(alone.items).toHaveLength(100);
  });

  it('a new group starts at the start, now, at a time, or after an id', async () => {
    const log = await open();
    const [first] = await log.appendMany(drafts(2));
    await context.advance(5);
    const { id } = await log.append({ data: { n: 2 } });
    const timeMs = Number(id.split('-')[0]);
    const starts: ConsumerOptions['from'][] = ['start', 'now', { timeMs }, { id: first?.id as string }];
    const seen = starts.map(() => collected<number>());
    const consumers = starts.map((from, i) =>
      log.consume(`from-${i}`, ({ data }) => seen[i]?.push(data.n), { ...(from && { from }) }),
    );
    await waits(Promise.all(consumers.map(({ ready }) => ready)));
    await log.append({ data: { n: 3 } });
    await waits(Promise.all(seen.map((one) => one.first((n) => n === 3))));
    expect(seen.map(({ items }) => items)).toEqual([[0, 1, 2, 3], [3], [2, 3], [1, 2, 3]]);
    await Promise.all(consumers.map((consumer) => consumer.close()));
  });

  it('runs as many handlers at once as told, and takes no more than it may hold', async () => {
    const log = await open();
    await log.appendMany(drafts(200));
    const release = gate();
    const seen = collected<number>();
    let [running, most] = [0, 0];
    const consumer = log.consume(
      group,
      async ({ data }) => {
        running++;
        most = Math.max(most, running);
        seen.push(data.n);
        await release.passed;
        running--;
      },
      { concurrency: 5, prefetch: 3 },
    );
    await waits(seen.atLeast(5));
    await context.advance(20);
    expect(consumer.health()).toMatchObject({ running: 5, waiting: 3, held: 8 });
    expect(await pending()).toBe(8);
    release.open();
    await waits(seen.atLeast(200));
    expect(most).toBe(5);
    await consumer.close();
  });

  it('a batch gets what is there, up to its size', async () => {
    const log = await open();
    await log.appendMany(drafts(130));
    const batches = collected<readonly number[]>();
    const done = collected<number>();
    const consumer = log.consume(
      group,
      (messages) => {
        batches.push(messages.map(({ data }) => data.n));
        for (const { data } of messages) done.push(data.n);
      },
      { batch: 50 },
    );
    await waits(done.atLeast(130));
    expect(batches.items.map(({ length }) => length)).toEqual([50, 50, 30]);
    await log.append({ data: { n: 130 } });
    await waits(done.atLeast(131));
    expect(done.items).toEqual(drafts(131).map(({ data }) => data.n));
    await consumer.close();
    expect(await pending()).toBe(0);
  });

  it('a failed batch is tried again, but for what the handler settled itself', async () => {
    const log = await open();
    await log.appendMany(drafts(3));
    const tries = collected<readonly number[]>();
    const consumer = log.consume(
      group,
      async (messages) => {
        tries.push(messages.map(({ data }) => data.n));
        if (tries.items.length > 1) return;
        await messages[1]?.ack();
        throw new Error('half done');
      },
      { ...fast, batch: 10 },
    );
    await waits(tries.first((batch) => batch.includes(2) && batch !== tries.items[0]));
    expect(tries.items[0]).toEqual([0, 1, 2]);
    expect(tries.items.slice(1).flat().sort()).toEqual([0, 2]);
    await consumer.close();
    expect(await pending()).toBe(0);
  });

  it('tries a failure again with backoff, then makes it a dead letter', async () => {
    const log = await open();
    const events = collected<ConsumerEvent>();
    const attempts: [number, number][] = [];
    await log.append({ data: { n: 1 } });
    const consumer = log.consume(
      group,
      ({ deliveries, failures }) => {
        attempts.push([deliveries, failures]);
        throw new TypeError('always');
      },
      { retry: { failures: 3, base: 10, max: 15, jitter: 'none' }, onEvent: (event) => events.push(event) },
    );
    await waits(events.first(({ type }) => type === 'dead-letter'));
    expect(attempts).toEqual([
      [1, 0],
      [2, 1],
      [3, 2],
    ]);
    const told = events.items.filter(({ type }) => type === 'retry' || type === 'dead-letter');
    expect(told).toMatchObject([
      { type: 'retry', failures: 1, delayMs: 10 },
      { type: 'retry', failures: 2, delayMs: 15 },
      { type: 'dead-letter', reason: 'failed', deadLetters: 1 },
    ]);
    await consumer.close();
    expect(await log.stats(group)).toMatchObject({ pending: 0, retries: 0, deadLetters: 1, lag: 0 });
    expect(await context.admin('EXISTS', keys.failures('numbers', group))).toBe(0);
  });

  it('a retry that waits holds nobody up, and is in nobody’s name', async () => {
    const log = await open();
    const seen = collected<string>();
    const consumer = log.consume(
      group,
      async (message) => {
        seen.push(`${message.data.n}:${message.failures}`);
        if (message.data.n === 0 && message.failures === 0) await message.nack(200);
      },
      fast,
    );
    await log.appendMany(drafts(3));
    await waits(seen.atLeast(3));
    expect(seen.items).toEqual(['0:0', '1:0', '2:0']);
    while (Number(await pending()) > 1) await context.advance(1);
    expect(await log.stats(group)).toMatchObject({ pending: 1, retries: 1, consumers: 1 });
    await waits(seen.first((text) => text === '0:1'));
    await consumer.close();
    expect(await log.stats(group)).toMatchObject({ pending: 0, retries: 0 });
  });

  it('a handler settles for itself: ack, nack, dead letter, extend; each once', async () => {
    const log = await open();
    await log.appendMany(drafts(4));
    const results: unknown[] = [];
    const seen = collected<number>();
    const events = collected<ConsumerEvent>();
    const consumer = log.consume(
      group,
      async (message) => {
        const { n } = message.data;
        if (n === 0) results.push(await message.ack(), await message.ack(), await message.nack());
        if (n === 1) results.push(await message.deadLetter('unwanted'), await message.ack());
        if (n === 2) results.push(await message.extend());
        if (n === 3) {
          await message.ack();
          throw new Error('after the fact');
        }
        seen.push(n);
      },
      { onEvent: (event) => events.push(event) },
    );
    await waits(events.first(({ type }) => type === 'late-failure'));
    await consumer.close();
    expect(results).toEqual([true, false, false, true, false, true]);
    expect(await pending()).toBe(0);
    const letters = await all(log.deadLetters(group).list());
    expect(letters).toMatchObject([{ reason: 'unwanted', message: { data: { n: 1 } }, error: null }]);
  });

  it('a listener that throws harms nobody', async () => {
    const log = await open();
    const seen = collected<number>();
    const consumer = log.consume(group, ({ data }) => seen.push(data.n), {
      onEvent: () => {
        throw new Error('listener');
      },
    });
    await log.append({ data: { n: 1 } });
    await waits(seen.atLeast(1));
    await consumer.close();
  });

  it('refuses bad input by name', async () => {
    const log = await open();
    const handler = (): void => undefined;
    const bad: [ConsumerOptions & { batch?: never }, string][] = [
      [{ concurrency: 0 }, 'concurrency'],
      [{ concurrency: 1.5 }, 'concurrency'],
      [{ prefetch: -1 }, 'prefetch'],
      [{ lease: 1 }, 'lease'],
      [{ poll: '0s' }, 'poll'],
      [{ retry: { failures: 0 } }, 'retry.failures'],
      [{ retry: { factor: 0.5 } }, 'retry.factor'],
      [{ retry: { jitter: 'some' as never } }, 'retry.jitter'],
      [{ retry: { base: -1 } }, 'retry.base'],
      [{ deadLetterLimit: 0 }, 'deadLetterLimit'],
      [{ name: '~waiting' }, 'name'],
      [{ from: { id: 'x' } }, 'from'],
      [{ recreateFrom: { timeMs: 0.5 } }, 'recreateFrom'],
      [{ batch: 0 as never }, 'batch'],
    ];
    for (const [options, argument] of bad) {
      expect(() => log.consume(group, handler, options)).toThrow(
        expect.objectContaining({ code: 'INVALID_ARGUMENT', argument }),
      );
    }
    expect(() => log.consume('', handler)).toThrow(/group must be/);
    expect(() => log.consume(group, undefined as never)).toThrow(/handler must be/);
    await expect(log.stats('unknown')).rejects.toMatchObject({ kind: 'server' });
  });
}
