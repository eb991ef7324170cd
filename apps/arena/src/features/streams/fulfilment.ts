import type { Driver, Reply } from '@penknife/core';
import type { Consumer, ConsumerEvent, ReceivedMessage, Stream } from '@penknife/streams';
import { isCursed } from './curse.js';
import type { Order } from './orders.js';

/** The stream of orders, opened. */
export type OrderLog = Stream<{ readonly data: unknown }, { readonly data: Order }>;

/** The group all instances consume in. */
export const group = 'fulfilment';
const workMs = 250;
const handledKey = 'arena:{orders}:handled';
const handledLiveMs = 86_400_000;

/** What a consumer of this instance needs. */
export interface FulfilmentParts {
  readonly driver: Driver;
  readonly log: OrderLog;
  readonly instance: string;
  readonly onEvent: (event: ConsumerEvent) => void;
}

/** Starts this instance's consumer: four orders at once, and three tries before an order is a dead letter. */
export function startFulfilment({ driver, log, instance, onEvent }: FulfilmentParts): Consumer {
  const handle = async (message: ReceivedMessage<{ readonly data: Order }>): Promise<void> => {
    await driver.clock.sleep(workMs, message.signal);
    if (message.data.kind === 'cursed' && (await isCursed(driver, message.id))) {
      throw new Error('the order is cursed');
    }
    // At least once: an instance that dies right after this counts an order that another will count again.
    await driver.batch([
      { args: ['HINCRBY', handledKey, instance, 1], key: handledKey, read: Number },
      { args: ['PEXPIRE', handledKey, handledLiveMs], key: handledKey, repeatable: true, read: Number },
    ]);
  };
  return log.consume(group, handle, {
    concurrency: 4,
    prefetch: 0,
    // A worker that is killed is missed for so long; then the others take its orders over.
    lease: '1s',
    retry: { failures: 3, base: '400ms', max: '1s', jitter: 'equal' },
    deadLetterLimit: 1000,
    onEvent,
  });
}

/** How far the group is, and how many orders each instance handled. */
export async function fulfilmentState(driver: Driver, log: OrderLog): Promise<object> {
  const [{ lag, pending, retries, deadLetters, consumers }, handled] = await Promise.all([
    log.stats(group),
    driver.send({ args: ['HGETALL', handledKey], key: handledKey, repeatable: true, read: countsOf }),
  ]);
  return { waiting: lag, inWork: pending - retries, retries, deadLetters, consumers, handled };
}

/** Pairs of instance and count, by instance. */
function countsOf(reply: Reply): Readonly<Record<string, number>> {
  const flat = Array.isArray(reply) ? reply : [];
  const counts = flat.flatMap((field, i) =>
    i % 2 === 0 ? [[String(field), Number(flat[i + 1])] as const] : [],
  );
  return Object.fromEntries(counts.sort(([left], [right]) => (left < right ? -1 : 1)));
}
