import { Redis } from 'ioredis';
import { countdown, type OpenQueue } from './work-queue.js';

/** The client's own commands: XADD, and XREADGROUP with XACK. */
export const rawStreams: OpenQueue = async ({ server }) => {
  const redis = new Redis(server.url);
  const [log, group] = ['raw-orders', 'workers'];
  await redis.xgroup('CREATE', log, group, '0', 'MKSTREAM');
  return {
    name: 'ioredis, raw stream commands',
    appendGuarantees: 'one XADD, unchecked',
    consumeGuarantees: 'XREADGROUP and XACK in a loop: no retry, no lease, no take-over, JSON.parse',
    add: (order) => redis.xadd(log, '*', 'd', JSON.stringify(order)),
    async addMany(orders) {
      const pipeline = redis.pipeline();
      for (const order of orders) pipeline.xadd(log, '*', 'd', JSON.stringify(order));
      await pipeline.exec();
    },
    async drain(count, concurrency) {
      const { done, one } = countdown(count);
      void (async () => {
        for (let seen = 0; seen < count; ) {
          const reply = (await redis.xreadgroup(
            'GROUP',
            group,
            'me',
            'COUNT',
            concurrency,
            'STREAMS',
            log,
            '>',
          )) as [string, [string, string[]][]][] | null;
          const entries = reply?.[0]?.[1] ?? [];
          for (const [, fields] of entries) JSON.parse(fields[1] ?? '');
          seen += entries.length;
          await redis.xack(log, group, ...entries.map(([id]) => id));
          for (const _ of entries) one();
        }
      })();
      await done;
    },
    close: async () => redis.disconnect(),
  };
};
