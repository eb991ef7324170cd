import type { MatrixContext } from '@penknife/matrix';
import { expect, it } from 'vitest';
import { createStreams, defineStream, type LanedStream } from '../src/index.js';
import { all, collected, gate } from './collected.js';
import { heldWork } from './held-work.js';
import { patiently } from './patience.js';
import { drafts, type Numbered, numbered } from './sample-streams.js';

const laned = defineStream('laned', { schema: numbered, retention: 'forever', lanes: { high: 4, low: 1 } });
type Numbers = LanedStream<{ readonly data: Numbered }, { readonly data: Numbered }, 'high' | 'low'>;

/** Lanes of priority. */
export function laneSuite(context: MatrixContext): void {
  const group = 'g';
  const open = async (): Promise<Numbers> => createStreams(await context.driver()).open(laned);
  const waits = <T>(promise: Promise<T>): Promise<T> => patiently(context, promise);

  it('a high lane goes first, by its weight, and a low one never starves', async () => {
    const stream = await open();
    const order = collected<string>();
    const mayGo = gate();
    // The first message holds the only place until both lanes have something waiting.
    await stream.append('low', { data: { n: -1 } });
    const consumer = stream.consume(
      group,
      async ({ lane = '', data }) => {
        if (data.n === -1) await mayGo.passed;
        else order.push(lane);
      },
      { concurrency: 1, prefetch: 100 },
    );
    while (consumer.health().running === 0) await context.advance(5);
    await stream.appendMany('low', drafts(20));
    await stream.appendMany('high', drafts(40));
    while (consumer.health().waiting < 60) await context.advance(5);
    mayGo.open();
    await waits(order.atLeast(60));
    // Of 4 to 1 the first 25 are 20 high and 5 low, give or take the one that a lane is ahead.
    const low = order.items.slice(0, 25).filter((lane) => lane === 'low').length;
    expect(low).toBeGreaterThanOrEqual(4);
    expect(low).toBeLessThanOrEqual(6);
    expect(order.items.slice(-10)).toEqual(Array.from({ length: 10 }, () => 'low'));
    await consumer.close();
    const stats = await stream.stats(group);
    expect([...stats].map(([lane, { length, lag }]) => [lane, length, lag])).toEqual([
      ['high', 40, 0],
      ['low', 21, 0],
    ]);
  });

  it('no more handlers run at once than concurrency says, over all lanes; a free place goes to whoever has work', async () => {
    const stream = await open();
    const work = heldWork();
    const consumer = stream.consume(group, () => work.run(), { concurrency: 2 });
    await Promise.all([stream.appendMany('high', drafts(10)), stream.appendMany('low', drafts(10))]);
    for (let n = 1; n <= 20; n++) {
      await waits(work.started(Math.min(20, n + 1)));
      work.endOne();
    }
    await waits(work.ended(20));
    expect(work.most).toBe(2);
    await consumer.close();
  });

  it('pauses and goes on; each lane is a stream', async () => {
    const stream = await open();
    const seen = collected<string>();
    const consumer = stream.consume(group, ({ lane, data }) => seen.push(`${lane}${data.n}`));
    await waits(consumer.ready);
    await consumer.pause();
    expect(consumer.health().paused).toBe(true);
    const { id } = await stream.append('high', { data: { n: 1 } });
    await stream.append('low', { data: { n: 2 } });
    expect(await stream.lane('high').read(id)).toMatchObject({ data: { n: 1 } });
    expect((await all(stream.lane('low').range())).map(({ data }) => data.n)).toEqual([2]);
    expect(seen.items).toEqual([]);
    consumer.resume();
    expect([...(await waits(seen.atLeast(2)))].sort()).toEqual(['high1', 'low2']);
    expect(await consumer.close()).toMatchObject({ released: 0, removed: true });
  });

  it('refuses lanes it does not have, and definitions that cannot be', async () => {
    const stream = await open();
    await expect(stream.append('middle' as 'high', { data: { n: 1 } })).rejects.toMatchObject({
      argument: 'lane',
    });
    expect(() => stream.consume(group, () => undefined, { batch: 2 } as object)).toThrow('batch');
    const wrong: Record<string, number>[] = [{}, { 'a b': 1 }, { high: 0 }, { high: 1.5 }];
    for (const lanes of wrong) {
      expect(() => defineStream('x', { schema: numbered, retention: 'forever', lanes })).toThrow();
    }
    const both = { schema: numbered, retention: 'forever', lanes: { high: 1 }, partitions: 2 } as const;
    expect(() => defineStream('x', both as never)).toThrow('lanes');
  });
}
