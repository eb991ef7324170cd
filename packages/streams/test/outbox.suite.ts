import type { MatrixContext } from '@penknife/matrix';
import { expect, it } from 'vitest';
import { createEventStore } from '../src/event-store.js';
import { createStreams, defineStream, PoisonError, type Stream, streamKeys } from '../src/index.js';
import { all, collected } from './collected.js';
import { patiently } from './patience.js';
import { type Numbered, numbered, numbers } from './sample-streams.js';

type Numbers = Stream<{ readonly data: Numbered }, { readonly data: Numbered }>;

/** State and message in one act, and data of older versions. */
export function outboxSuite(context: MatrixContext): void {
  const open = async (): Promise<Numbers> => createStreams(await context.driver()).open(numbers);
  const waits = <T>(promise: Promise<T>): Promise<T> => patiently(context, promise);

  it('changes state and appends in one act, once per id', async () => {
    const stream = await open();
    const stock = `stock:${stream.hashTag}`;
    const take = [{ args: ['DECRBY', stock, 2], keys: [stock] }] as const;
    const first = await stream.appendWith({ id: 'order-1', data: { n: 1 } }, take);
    expect(first.duplicate).toBe(false);
    expect(await stream.appendWith({ id: 'order-1', data: { n: 1 } }, take)).toEqual({
      ...first,
      duplicate: true,
    });
    expect(await context.admin('GET', stock)).toBe('-2');
    await stream.appendWith({ data: { n: 2 } }, take);
    expect(await context.admin('GET', stock)).toBe('-4');
    expect((await all(stream.range())).map(({ data }) => data.n)).toEqual([1, 2]);
    await context.admin('DEL', stock);
  });

  it('when the state cannot be changed nothing is appended; what is no effect is refused before', async () => {
    const stream = await open();
    const stock = `stock:${stream.hashTag}`;
    await context.admin('SET', stock, 'not a number');
    const take = { args: ['DECR', stock], keys: [stock] } as const;
    await expect(stream.appendWith({ id: 'a', data: { n: 1 } }, [take])).rejects.toMatchObject({
      kind: 'server',
    });
    expect(await all(stream.range())).toEqual([]);
    await context.admin('DEL', stock);
    expect(await stream.appendWith({ id: 'a', data: { n: 1 } }, [take])).toMatchObject({ duplicate: false });
    await context.admin('DEL', stock);
    const elsewhere = { args: ['INCR', 'elsewhere'], keys: ['elsewhere'] } as const;
    for (const effects of [[], [elsewhere], [{ args: ['EVAL', stock], keys: [stock] }]] as const) {
      await expect(stream.appendWith({ data: { n: 1 } }, effects as never)).rejects.toMatchObject({
        kind: 'invalid-argument',
      });
    }
    await expect(stream.appendWith({ data: { n: 'x' as never } }, [take])).rejects.toMatchObject({
      kind: 'schema',
    });
  });

  it('of many at once on one id one changes state', async () => {
    const streams = [await open(), await open()];
    const key = `stock:${(streams[0] as Numbers).hashTag}`;
    const results = await Promise.all(
      Array.from({ length: 10 }, (_, i) =>
        (streams[i % 2] as Numbers).appendWith({ id: 'one', data: { n: 1 } }, [
          { args: ['INCR', key], keys: [key] },
        ]),
      ),
    );
    expect(results.filter(({ duplicate }) => !duplicate)).toHaveLength(1);
    expect(await context.admin('GET', key)).toBe('1');
    await context.admin('DEL', key);
  });

  const old = defineStream('numbers', { schema: numbered, retention: 'forever' });
  const grown = defineStream('numbers', {
    schema: numbered,
    retention: 'forever',
    upcasters: [({ n }: { n: number }) => ({ n: n * 10 }), ({ n }: { n: number }) => ({ n: n + 1 })],
  });

  it('older data is lifted to the version of now, newer data is poison that says so', async () => {
    const driver = await context.driver();
    const [before, after] = [createStreams(driver).open(old), createStreams(driver).open(grown)];
    await before.append({ data: { n: 1 } });
    await after.append({ data: { n: 2 } });
    expect((await all(after.range())).map(({ data }) => data.n)).toEqual([11, 2]);
    const seen = collected<number>();
    const behind = collected<unknown>();
    const consumer = before.consume('old', ({ data }) => seen.push(data.n), {
      onEvent: (event) => event.type === 'dead-letter' && behind.push(event.reason),
    });
    await waits(behind.atLeast(1));
    expect([seen.items, behind.items]).toEqual([[1], ['newer']]);
    await consumer.close();
  });

  it('an upcaster that throws is poison; upcasters that do not fit are refused', async () => {
    const driver = await context.driver();
    await createStreams(driver)
      .open(old)
      .append({ data: { n: 1 } });
    const broken = defineStream('numbers', {
      schema: numbered,
      retention: 'forever',
      upcasters: [
        () => {
          throw new Error('cannot');
        },
      ],
    });
    const reasons = collected<string>();
    const consumer = createStreams(driver)
      .open(broken)
      .consume('g', () => undefined, {
        onEvent: (event) => event.type === 'dead-letter' && reasons.push(event.reason),
      });
    expect(await waits(reasons.atLeast(1))).toEqual(['schema']);
    await consumer.close();
    const base = { schema: numbered, retention: 'forever' } as const;
    expect(() => defineStream('x', { ...base, upcasters: { placed: [] } })).toThrow('must be a list');
    expect(() => defineStream('x', { ...base, upcasters: ['no' as never] })).toThrow('functions');
    const events = { events: { placed: numbered }, retention: 'forever' } as const;
    expect(() => defineStream('x', { ...events, upcasters: { lost: [] } })).toThrow('placed');
  });

  it('an event store reads events of older versions, aggregates and category alike', async () => {
    const driver = await context.driver();
    const events = { placed: numbered };
    const first = createEventStore(driver, defineStream('shop', { events, retention: 'forever' }));
    const now = defineStream('shop', {
      events,
      retention: 'forever',
      upcasters: { placed: [({ n }: { n: number }) => ({ n: n * 100 })] },
    });
    const later = createEventStore(driver, now);
    await first.append('a', [{ event: 'placed', data: { n: 1 } }], { expectedVersion: 0 });
    await later.append('a', [{ event: 'placed', data: { n: 2 } }], { expectedVersion: 1 });
    expect((await all(later.events('a'))).map(({ data }) => data.n)).toEqual([100, 2]);
    const category = createStreams(driver).open(now);
    expect((await all(category.range())).map(({ data }) => data.n)).toEqual([100, 2]);
    await expect(all(first.events('a'))).rejects.toBeInstanceOf(PoisonError);
    expect(streamKeys.in('pk').log('shop')).toContain('{shop}');
  });
}
