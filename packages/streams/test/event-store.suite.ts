import { jsonCodec } from '@penknife/core';
import type { MatrixContext } from '@penknife/matrix';
import { expect, it } from 'vitest';
import { createEventStore } from '../src/event-store.js';
import { createStreams, defineStream, streamKeys } from '../src/index.js';
import { all, collected } from './collected.js';
import { patiently } from './patience.js';
import { numbered, type OrderEvent, orders } from './sample-streams.js';

/** Aggregates as lists of events. */
export function eventStoreSuite(context: MatrixContext): void {
  const waits = <T>(promise: Promise<T>): Promise<T> => patiently(context, promise);
  const placed = (n: number): OrderEvent => ({ event: 'placed', data: { n } });
  const total = {
    initial: 0,
    apply: (sum: number, event: OrderEvent) => (event.event === 'placed' ? sum + event.data.n : sum),
  };

  it('appends all or none at the version that is expected; a conflict is a value that tells the version', async () => {
    const store = createEventStore(await context.driver(), orders);
    expect(await store.append('a', [placed(1), placed(2)], { expectedVersion: 0 })).toEqual({
      status: 'appended',
      version: 2,
    });
    expect(await store.append('a', [placed(9), placed(9)], { expectedVersion: 1 })).toEqual({
      status: 'conflict',
      currentVersion: 2,
    });
    expect(await store.append('a', [placed(3)], { expectedVersion: 'any' })).toMatchObject({ version: 3 });
    expect(await store.append('b', [placed(7)], { expectedVersion: 1 })).toMatchObject({ currentVersion: 0 });
    expect(await all(store.events('a', { after: 1 }))).toEqual([
      { ...placed(2), version: 2 },
      { ...placed(3), version: 3 },
    ]);
  });

  it('the retention of its stream trims the log of the category, and never the aggregates', async () => {
    const short = defineStream('short', {
      schema: numbered,
      retention: { maxLength: 100 },
    });
    const store = createEventStore(await context.driver(), short);
    for (let i = 0; i < 4; i++) {
      const events = Array.from({ length: 100 }, (_, n) => ({ data: { n } }));
      expect(await store.append('a', events, { expectedVersion: 100 * i })).toMatchObject({
        status: 'appended',
      });
    }
    expect(await all(store.events('a'))).toHaveLength(400);
    expect(Number(await context.admin('XLEN', streamKeys.in('pk').log('short')))).toBeLessThan(300);
  });

  it('a snapshot that its codec refuses is none', async () => {
    const codec = {
      ...jsonCodec,
      decode(bytes: Uint8Array): unknown {
        if (Buffer.from(bytes).includes('old')) throw new Error('old state');
        return jsonCodec.decode(bytes);
      },
    };
    const own = defineStream('own-codec', { schema: numbered, retention: 'forever', codec });
    const store = createEventStore(await context.driver(), own);
    await store.append('a', [{ data: { n: 3 } }], { expectedVersion: 0 });
    expect(await store.snapshot('a', 1, 'old')).toBe(true);
    const fold = {
      initial: 0,
      apply: (sum: number, { data }: { readonly data: { readonly n: number } }) => sum + data.n,
    };
    expect(await store.load('a', fold)).toEqual({ state: 3, version: 1 });
  });

  it('of many who append to one version one wins', async () => {
    const store = createEventStore(await context.driver(), orders);
    const results = await Promise.all(
      Array.from({ length: 20 }, (_, n) => store.append('a', [placed(n)], { expectedVersion: 0 })),
    );
    expect(results.filter(({ status }) => status === 'appended')).toHaveLength(1);
    expect(await all(store.events('a'))).toHaveLength(1);
  });

  it('loads from a snapshot and what came after it; an older one and one of another fold are not used', async () => {
    const driver = await context.driver();
    const store = createEventStore(driver, orders);
    expect(await store.load('a', total)).toEqual({ state: 0, version: 0 });
    await store.append('a', [placed(1), placed(2)], { expectedVersion: 0 });
    // Not the true sum, so that it shows where a state came from.
    expect(await store.snapshot('a', 2, 100)).toBe(true);
    expect(await store.snapshot('a', 1, 50)).toBe(false);
    await store.append('a', [placed(5)], { expectedVersion: 2 });
    expect(await store.load('a', total)).toEqual({ state: 105, version: 3 });
    const newer = createEventStore(driver, orders, { foldVersion: 2 });
    expect(await newer.load('a', total)).toEqual({ state: 8, version: 3 });
    await context.admin('HSET', streamKeys.in('pk').snapshot('orders', 'a'), 's', 'broken');
    expect(await store.load('a', total)).toEqual({ state: 8, version: 3 });
  });

  it('the category is a stream: every event once, in order per aggregate, and a projection counts each once', async () => {
    const driver = await context.driver();
    const store = createEventStore(driver, orders);
    const log = createStreams(driver).open(orders);
    for (let version = 0; version < 5; version++) {
      await store.append('a', [placed(version)], { expectedVersion: version });
      await store.append('b', [placed(10 + version)], { expectedVersion: version });
    }
    const [view, board, known] = ['view', 'board', 'known'].map((name) => `${name}:${log.hashTag}`) as [
      string,
      string,
      string,
    ];
    const seen = collected<readonly [string | undefined, number]>();
    const consumer = log.consume(
      'totals',
      async (message) => {
        if (message.event !== 'placed') return;
        const { n } = message.data;
        const of = message.key ?? '';
        // A hash, a sorted set and a set, in one act with the place in the log: the group is the checkpoint.
        await message.handleOnce([
          { args: ['HINCRBY', view, of, n], keys: [view] },
          { args: ['ZINCRBY', board, n, of], keys: [board] },
          { args: ['SADD', known, `${of}${n}`], keys: [known] },
        ]);
        seen.push([message.key, n]);
      },
      { order: 'key', concurrency: 5 },
    );
    await waits(seen.atLeast(10));
    await log.seek('totals', 'start');
    await waits(seen.atLeast(20));
    await consumer.close();
    const ofA = seen.items.slice(0, 10).filter(([key]) => key === 'a');
    expect(ofA.map(([, n]) => n)).toEqual([0, 1, 2, 3, 4]);
    expect(await context.admin('HMGET', view, 'a', 'b')).toEqual(['10', '60']);
    expect(await context.admin('ZRANGE', board, 0, -1, 'WITHSCORES')).toEqual(['a', '10', 'b', '60']);
    expect(await context.admin('SCARD', known)).toBe(10);
    await context.admin('DEL', view, board, known);
  });

  it('refuses bad input before anything is sent', async () => {
    const store = createEventStore(await context.driver(), orders);
    const at = { expectedVersion: 0 };
    await expect(store.append('', [placed(1)], at)).rejects.toMatchObject({ argument: 'aggregate' });
    await expect(store.append('a', [], at)).rejects.toMatchObject({ argument: 'events' });
    await expect(store.append('a', [placed(1)], { expectedVersion: -2 })).rejects.toMatchObject({
      argument: 'expectedVersion',
    });
    await expect(
      store.append('a', [{ event: 'placed', data: { n: 'x' as never } }], at),
    ).rejects.toMatchObject({ code: 'SCHEMA' });
    // Both are bad: none of the refusals may go unheard, for that would end the process.
    await expect(
      store.append('a', [{ event: 'placed', data: { n: 'x' as never } }, null as never], at),
    ).rejects.toMatchObject({ name: expect.stringMatching(/SchemaError|InvalidArgumentError/) });
    await expect(store.snapshot('a', 0, 1)).rejects.toMatchObject({ argument: 'version' });
    expect(await context.admin('EXISTS', streamKeys.in('pk').events('orders', 'a'))).toBe(0);
  });
}
