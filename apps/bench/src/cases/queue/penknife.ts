import type { Driver } from '@penknife/core';
import { createIoredisDriver } from '@penknife/driver-ioredis';
import { createNodeRedisDriver } from '@penknife/driver-node-redis';
import { createQueue } from '@penknife/queue';
import { Redis } from 'ioredis';
import { createClient } from 'redis';
import type { Order } from '../streams/order.js';
import { countdown, type OpenQueue, type WorkQueue } from '../streams/work-queue.js';

function open(name: string, driver: Driver): WorkQueue {
  const queue = createQueue<Order>(driver, name);
  return {
    name: `penknife queue on ${name}`,
    appendGuarantees: 'a job: once under its id, priorities, delays, retries, one worker',
    consumeGuarantees: 'at least once; renewed leases, fenced answers, retries with backoff, dead letters',
    add: (order) => queue.add(order),
    addMany: (orders) => queue.addMany(orders.map((data) => ({ data }))),
    async drain(count, concurrency) {
      const { done, one } = countdown(count);
      const worker = queue.work(async () => one(), { concurrency });
      await done;
      await worker.close();
    },
    close: () => driver.close(),
  };
}

export const queueOnIoredis: OpenQueue = async ({ server }) =>
  open('ioredis', createIoredisDriver(new Redis(server.url, { lazyConnect: true })));

export const queueOnNodeRedis: OpenQueue = async ({ server }) =>
  open('node-redis', createNodeRedisDriver(createClient({ url: server.url })));
