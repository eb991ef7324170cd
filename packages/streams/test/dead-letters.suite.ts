import type { MatrixContext } from '@penknife/matrix';
import { expect, it } from 'vitest';
import { type ConsumerOptions, createStreams, type Stream, streamKeys } from '../src/index.js';
import { all, collected } from './collected.js';
import { patiently } from './patience.js';
import { drafts, type Numbered, numbers } from './sample-streams.js';

type Numbers = Stream<{ readonly data: Numbered }, { readonly data: Numbered }>;

/** What a group gave up on, and what can be done with it. */
export function deadLetterSuite(context: MatrixContext): void {
  const keys = streamKeys.in('pk');
  const group = 'g';
  const open = async (): Promise<Numbers> => createStreams(await context.driver()).open(numbers);
  const waits = <T>(promise: Promise<T>, limitMs?: number): Promise<T> =>
    patiently(context, promise, limitMs);

  /** A group that fails on everything once and buries it. */
  async function bury(stream: Numbers, count: number, options: ConsumerOptions = {}): Promise<void> {
    await stream.appendMany(drafts(count));
    const buried = collected<string>();
    const consumer = stream.consume(
      group,
      ({ data }) => {
        throw new RangeError(`no ${data.n}`);
      },
      {
        concurrency: 20,
        retry: { failures: 1 },
        ...options,
        onEvent: (event) => event.type === 'dead-letter' && buried.push(event.id),
      },
    );
    await waits(buried.atLeast(count));
    await consumer.close();
  }

  it('an envelope tells origin, group, deliveries, error and times', async () => {
    const stream = await open();
    await bury(stream, 1);
    const [letter] = await all(stream.deadLetters(group).list());
    const [entry] = await all(stream.range());
    expect(letter).toMatchObject({
      originId: entry?.id,
      group,
      reason: 'failed',
      error: { name: 'RangeError', message: 'no 0' },
      deliveries: 1,
      failures: 1,
      message: { id: entry?.id, data: { n: 0 } },
      poison: null,
    });
    expect(letter?.diedAtMs).toBeGreaterThanOrEqual(entry?.appendedAtMs as number);
    expect(letter?.firstFailedAtMs).toBe(letter?.diedAtMs);
  });

  it('tells what caused the error, the nearest first, and nothing else of it', async () => {
    const stream = await open();
    await stream.append({ data: { n: 1 } });
    const buried = collected<string>();
    const consumer = stream.consume(
      group,
      () => {
        const root = Object.assign(new TypeError('no socket'), { password: 'secret' });
        throw new Error('no charge', { cause: new RangeError('no bank', { cause: root }) });
      },
      { retry: { failures: 1 }, onEvent: (event) => event.type === 'dead-letter' && buried.push(event.id) },
    );
    await waits(buried.atLeast(1));
    await consumer.close();
    const [letter] = await all(stream.deadLetters(group).list());
    expect(letter?.error).toEqual({
      name: 'Error',
      message: 'no charge',
      causes: [
        { name: 'RangeError', message: 'no bank' },
        { name: 'TypeError', message: 'no socket' },
      ],
    });
    const stored = await context.admin('XRANGE', keys.dead('numbers', group), '-', '+');
    expect(JSON.stringify(stored)).not.toContain('secret');
  });

  it('lists all pages, by choice, with a limit, or by id', async () => {
    const stream = await open();
    await bury(stream, 130);
    const letters = stream.deadLetters(group);
    expect(await letters.count()).toBe(130);
    const listed = await all(letters.list());
    expect(new Set(listed.map(({ message }) => message?.data.n)).size).toBe(130);
    const few = await all(letters.list({ where: ({ message }) => (message?.data.n ?? 0) >= 100, limit: 5 }));
    expect(few).toHaveLength(5);
    const ids = [listed[7]?.id as string, '1-1'];
    expect((await all(letters.list({ ids }))).map(({ id }) => id)).toEqual([ids[0]]);
    await expect(all(letters.list({ ids: ['x'] }))).rejects.toMatchObject({ argument: 'id' });
    await expect(all(letters.list({ limit: -1 }))).rejects.toMatchObject({ argument: 'limit' });
    await expect(letters.replay({ perSecond: 0 })).rejects.toMatchObject({ argument: 'perSecond' });
  });

  it('replays to its group alone, under the old id, with fresh budgets, and wakes it', async () => {
    const stream = await open();
    await bury(stream, 5);
    const seen = collected<unknown>();
    const others = collected<number>();
    const consumer = stream.consume(group, ({ id, data, deliveries, failures }) =>
      seen.push([id, data.n, deliveries, failures]),
    );
    const other = stream.consume('other', ({ data }) => others.push(data.n));
    await waits(Promise.all([consumer.ready, others.atLeast(5)]));
    const letters = stream.deadLetters(group);
    const origins = (await all(letters.list())).map(({ originId }) => originId);
    expect(await letters.replay({ where: ({ message }) => message?.data.n !== 3 })).toBe(4);
    await waits(seen.atLeast(4), 500);
    expect(seen.items).toEqual([0, 1, 2, 4].map((n) => [origins[n], n, 1, 0]));
    expect((await all(letters.list())).map(({ message }) => message?.data.n)).toEqual([3]);
    expect(await letters.discard()).toBe(1);
    expect(await letters.count()).toBe(0);
    await Promise.all([consumer.close(), other.close()]);
    expect(others.items).toEqual([0, 1, 2, 3, 4]);
    expect(await stream.stats(group)).toMatchObject({ pending: 0, retries: 0, lag: 0 });
  });

  it('replays what the log no longer has as a copy that only its group handles, and no reader sees', async () => {
    const stream = await open();
    await bury(stream, 2);
    await context.admin('XTRIM', keys.log('numbers'), 'MAXLEN', 0);
    const [seen, others] = [collected<number>(), collected<number>()];
    const consumer = stream.consume(group, ({ data }) => seen.push(data.n));
    const other = stream.consume('other', ({ data }) => others.push(data.n));
    expect(await stream.deadLetters(group).replay()).toBe(2);
    await waits(seen.atLeast(2), 500);
    await stream.append({ data: { n: 9 } });
    await waits(others.atLeast(1));
    expect(others.items).toEqual([9]);
    expect(await all(stream.range())).toMatchObject([{ data: { n: 9 } }]);
    await Promise.all([consumer.close(), other.close()]);
    expect(await stream.stats('other')).toMatchObject({ pending: 0 });
  });

  it('trap 21: a letter that was replayed is gone in the same act, so a repeated call gives nothing twice', async () => {
    const stream = await open();
    await bury(stream, 1);
    const letters = stream.deadLetters(group);
    const ids = (await all(letters.list())).map(({ id }) => id);
    const given = await Promise.all([letters.replay({ ids }), letters.replay({ ids })]);
    expect(given.sort()).toEqual([0, 1]);
    expect(await stream.stats(group)).toMatchObject({ pending: 1, retries: 1 });
  });

  it('a copy that fails again is a dead letter again, with nothing of the first left in it', async () => {
    const stream = await open();
    await bury(stream, 1);
    await context.admin('XTRIM', keys.log('numbers'), 'MAXLEN', 0);
    const letters = stream.deadLetters(group);
    await letters.replay();
    await bury(stream, 1);
    await waits(
      (async () => {
        while ((await letters.count()) < 2) await context.advance(1);
      })(),
    );
    const listed = await all(letters.list());
    expect(listed.map(({ message }) => message?.data)).toEqual([{ n: 0 }, { n: 0 }]);
    expect(await letters.replay()).toBe(2);
  });

  context.where(context.column.memory, 'seconds pass')(
    'replays no faster than told, and stops when its signal fires',
    async () => {
      const stream = await open();
      await bury(stream, 10);
      const letters = stream.deadLetters(group);
      const startedAtMs = context.clock.monotonic();
      expect(await patiently(context, letters.replay({ limit: 4, perSecond: 2 }), 5000)).toBe(4);
      const tookMs = context.clock.monotonic() - startedAtMs;
      // The first goes at once, then one each half second.
      expect(tookMs).toBeGreaterThanOrEqual(1500);
      expect(tookMs).toBeLessThan(2000);
      const stopping = new AbortController();
      const replaying = letters.replay({ perSecond: 1, signal: stopping.signal });
      await context.advance(1500);
      stopping.abort(new Error('enough'));
      await expect(replaying).rejects.toThrow();
      expect(await letters.count()).toBe(4);
    },
  );

  it('keeps about as many as told', async () => {
    const stream = await open();
    await bury(stream, 400, { deadLetterLimit: 100 });
    expect(await stream.deadLetters(group).count()).toBeLessThan(300);
  });
}
