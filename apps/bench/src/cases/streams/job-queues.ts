import type { Order } from './order.js';
import { countdown, type OpenQueue } from './work-queue.js';

interface BullModule {
  readonly Queue: new (
    name: string,
    options: object,
  ) => {
    add(name: string, data: Order, options: object): Promise<unknown>;
    addBulk(jobs: readonly { name: string; data: Order; opts: object }[]): Promise<unknown>;
    waitUntilReady(): Promise<unknown>;
    close(): Promise<void>;
  };
  readonly Worker: new (
    name: string,
    handler: () => Promise<void>,
    options: object,
  ) => { on(event: 'completed', listener: () => void): void; close(): Promise<void> };
}

/** BullMQ with jobs that are removed when they are done, as little as it can be asked to keep. */
export const bullmq: OpenQueue = async ({ server, peers }) => {
  const { Queue, Worker } = await peers.load<BullModule>('bullmq');
  const connection = { host: '127.0.0.1', port: server.port };
  const queue = new Queue('orders', { connection });
  await queue.waitUntilReady();
  const kept = { removeOnComplete: true, removeOnFail: true };
  return {
    name: `bullmq ${peers.version('bullmq')}`,
    appendGuarantees: 'a job: state, attempts, priorities, one consumer',
    consumeGuarantees: 'at least once; locks renewed, stalled jobs found after 30 s, retries',
    add: (order) => queue.add('order', order, kept),
    addMany: (orders) => queue.addBulk(orders.map((data) => ({ name: 'order', data, opts: kept }))),
    async drain(count, concurrency) {
      const { done, one } = countdown(count);
      const worker = new Worker('orders', async () => undefined, { connection, concurrency });
      worker.on('completed', one);
      await done;
      await worker.close();
    },
    close: () => queue.close(),
  };
};

interface BeeQueue {
  createJob(data: Order): { save(): Promise<unknown> };
  saveAll(jobs: readonly unknown[]): Promise<unknown>;
  process(concurrency: number, handler: () => Promise<void>): void;
  on(event: 'succeeded', listener: () => void): void;
  ready(): Promise<unknown>;
  close(): Promise<void>;
}
interface BeeModule {
  readonly default: new (name: string, settings: object) => BeeQueue;
}

export const beeQueue: OpenQueue = async ({ server, peers }) => {
  const { default: Queue } = await peers.load<BeeModule>('bee-queue');
  const settings = {
    redis: { host: '127.0.0.1', port: server.port },
    getEvents: false,
    sendEvents: false,
    removeOnSuccess: true,
  };
  const producer = new Queue('orders', { ...settings, isWorker: false });
  await producer.ready();
  return {
    name: `bee-queue ${peers.version('bee-queue')}`,
    appendGuarantees: 'a job: state, retries, one consumer',
    consumeGuarantees: 'at least once; stalled jobs found when asked for, retries',
    add: (order) => producer.createJob(order).save(),
    addMany: (orders) => producer.saveAll(orders.map((order) => producer.createJob(order))),
    async drain(count, concurrency) {
      const { done, one } = countdown(count);
      const worker = new Queue('orders', settings);
      worker.on('succeeded', one);
      worker.process(concurrency, async () => undefined);
      await done;
      await worker.close();
    },
    close: () => producer.close(),
  };
};

interface GroupModule {
  readonly Queue: new (
    options: object,
  ) => {
    add(options: { groupId: string; data: Order }): Promise<unknown>;
    close(): Promise<void>;
  };
  readonly Worker: new (
    options: object,
  ) => {
    run(): Promise<void>;
    on(event: 'completed', listener: () => void): void;
    close(): Promise<void>;
  };
}
interface ClientModule {
  readonly Redis: new (url: string, options: object) => { disconnect(): void };
}

export const groupmq: OpenQueue = async ({ server, peers }) => {
  const { Queue, Worker } = await peers.load<GroupModule>('groupmq');
  const { Redis } = await peers.load<ClientModule>('ioredis');
  const redis = new Redis(server.url, { maxRetriesPerRequest: null });
  const queue = new Queue({ redis, namespace: 'orders' });
  let turn = 0;
  return {
    name: `groupmq ${peers.version('groupmq')}`,
    appendGuarantees: 'a job in a group of its own order, one consumer',
    consumeGuarantees: 'at least once, in order per group (1 000 groups here); heartbeat, retries',
    add: (order) => queue.add({ groupId: `group-${turn++ % 1000}`, data: order }),
    async drain(count, concurrency) {
      const { done, one } = countdown(count);
      const worker = new Worker({ queue, concurrency, handler: async () => undefined });
      worker.on('completed', one);
      void worker.run();
      await done;
      await worker.close();
    },
    async close() {
      await queue.close();
      redis.disconnect();
    },
  };
};
