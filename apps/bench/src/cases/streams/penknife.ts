import type { Driver, StandardSchema } from '@penknife/core';
import { createIoredisDriver } from '@penknife/driver-ioredis';
import { createNodeRedisDriver } from '@penknife/driver-node-redis';
import { createStreams, defineStream, type StreamDefinition } from '@penknife/streams';
import { Redis } from 'ioredis';
import { createClient } from 'redis';
import type { Order } from './order.js';
import { countdown, type OpenQueue, type WorkQueue } from './work-queue.js';

/** A schema by hand: what a schema library costs is not the question here. */
const schema: StandardSchema<Order, Order> = {
  '~standard': {
    version: 1,
    vendor: 'bench',
    validate: (value) =>
      typeof (value as Partial<Order> | null)?.order === 'string'
        ? { value: value as Order }
        : { issues: [{ message: 'must be an order' }] },
  },
};
/** The log that is measured. */
export const definition: StreamDefinition<{ readonly data: Order }, { readonly data: Order }> = defineStream(
  'orders',
  { schema, retention: 'forever' },
);

function open(name: string, driver: Driver): WorkQueue & { drainBatches(count: number): Promise<void> } {
  const streams = createStreams(driver);
  const log = streams.open(definition);
  const group = 'workers';
  return {
    name,
    appendGuarantees: 'typed, checked before it is sent; a log: any number of groups, readable again',
    consumeGuarantees:
      'at least once; renewed leases, fenced acks, retries with backoff, dead letters, typed',
    add: (order) => log.append({ data: order }),
    addMany: (orders) => log.appendMany(orders.map((data) => ({ data }))),
    async drain(count, concurrency) {
      const { done, one } = countdown(count);
      const consumer = log.consume(group, async () => one(), { concurrency });
      await done;
      await consumer.close();
    },
    async drainBatches(count) {
      const { done, one } = countdown(count);
      const consumer = log.consume(group, async (messages) => messages.forEach(one), {
        batch: 100,
        prefetch: 400,
      });
      await done;
      await consumer.close();
    },
    async close() {
      await streams.close();
      await driver.close();
    },
  };
}

export const penknifeOnIoredis = async ({
  server,
}: Parameters<OpenQueue>[0]): Promise<ReturnType<typeof open>> =>
  open('penknife on ioredis', createIoredisDriver(new Redis(server.url, { lazyConnect: true })));

export const penknifeOnNodeRedis: OpenQueue = async ({ server }) =>
  open('penknife on node-redis', createNodeRedisDriver(createClient({ url: server.url })));
