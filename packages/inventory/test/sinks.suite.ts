import { type Codec, jsonCodec, type StandardSchema } from '@penknife/core';
import type { MatrixContext } from '@penknife/matrix';
import { createPubSub, defineChannel } from '@penknife/pubsub';
import { createStreams, defineStream } from '@penknife/streams';
import { expect, it } from 'vitest';
import { createInventory, type StockEvent } from '../src/index.js';

const stockEvents = defineChannel('stock:{inventory}', { codec: jsonCodec as Codec<StockEvent> });
const stockLog = defineStream('stock-log', {
  schema: {
    '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value: value as StockEvent }) },
  } satisfies StandardSchema<StockEvent, StockEvent>,
  retention: 'forever',
});
const wanted = [
  { kind: 'back', inventory: 'shop', item: 'tee', free: 2 },
  { kind: 'sold-out', inventory: 'shop', item: 'tee', free: 0 },
  { kind: 'granted', inventory: 'shop', id: 'late' },
];

/** A sink is handed one event after the other, and may send them over several connections. */
const inAnyOrder = (events: readonly unknown[]): string[] =>
  events.map((event) => JSON.stringify(event)).sort();

/** Events of an inventory on their way to others: its sink is a real channel, or a real stream. */
export function sinksSuite(context: MatrixContext): void {
  /** Comes in, is sold out, and somebody's turn comes in the line. */
  async function tell(emit: (event: StockEvent) => Promise<void>): Promise<void> {
    const shop = createInventory(await context.driver(), { name: 'shop', events: { emit } });
    await shop.setStock('tee', 2);
    await shop.reserve({ tee: 2 }, { id: 'all' });
    await shop.reserve({ tee: 2 }, { id: 'late', wait: '1h' });
    await shop.release('all');
  }

  it('a channel: other processes hear what happened, with its type', async () => {
    const [here, there] = [
      createPubSub(await context.driver()).channel(stockEvents),
      createPubSub(await context.driver()).channel(stockEvents),
    ];
    const heard: StockEvent[] = [];
    let hearAll = (): void => undefined;
    const all = new Promise<void>((resolve) => {
      hearAll = resolve;
    });
    const subscription = await there.subscribe({ inventory: 'shop' }, (event) => {
      heard.push(event);
      if (heard.length === wanted.length) hearAll();
    });
    await tell(async (event) => void (await here.publish({ inventory: event.inventory }, event)));
    await all;
    expect(inAnyOrder(heard)).toEqual(inAnyOrder(wanted));
    await subscription.close();
  });

  it('a stream: what happened is kept', async () => {
    const log = createStreams(await context.driver()).open(stockLog);
    const kept: Promise<unknown>[] = [];
    await tell(async (event) => {
      const appended = log.append({ data: event });
      kept.push(appended);
      await appended;
    });
    await Promise.all(kept);
    const read: unknown[] = [];
    for await (const { data } of log.range({ limit: 10 })) read.push(data);
    expect(inAnyOrder(read)).toEqual(inAnyOrder(wanted));
  });
}
