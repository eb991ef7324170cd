import { createIoredisDriver } from '@penknife/driver-ioredis';
import { createLocks, lockOrThrow } from '@penknife/locks';
import { Redis } from 'ioredis';
import type { BenchCase, Contestant } from '../../case.js';

interface SemaphoreModule {
  readonly Mutex: new (
    client: unknown,
    key: string,
  ) => { acquire(): Promise<void>; release(): Promise<void> };
}
type Redlock = new (
  clients: readonly unknown[],
) => { acquire(resources: readonly string[], ttlMs: number): Promise<{ release(): Promise<unknown> }> };
/** A CommonJS module whose default is wrapped once more when it is imported. */
interface RedlockModule {
  readonly default: { readonly default: Redlock };
}

/** Sixteen characters, one of sixty-four: nobody waits for anybody. */
const resourceOf = (turn: number): string => `invoice-00000-${String(turn % 64).padStart(2, '0')}`;

/** One acquisition and its release, where nobody else wants the lock. */
export const lockCases: readonly BenchCase[] = [
  {
    name: 'locks/uncontended-ioredis',
    question: 'What does acquire + release cost when nobody waits, on ioredis?',
    inFlight: [1, 64],
    async prepare({ server, peers }): Promise<readonly Contestant[]> {
      const driver = createIoredisDriver(new Redis(server.url, { lazyConnect: true }));
      const locks = createLocks(driver, { ttl: '10s' });
      const { Mutex } = await peers.load<SemaphoreModule>('redis-semaphore');
      const semaphoreClient = new Redis(server.url);
      const { default: Redlock } = (await peers.load<RedlockModule>('redlock')).default;
      const redlockClient = new Redis(server.url);
      const redlock = new Redlock([redlockClient]);
      return [
        {
          name: 'penknife on ioredis',
          guarantees: 'FIFO queue, fencing token, a deadline that fires whether or not Redis answers',
          run: async (turn) => lockOrThrow(await locks.tryAcquire(resourceOf(turn))).release(),
          close: async () => {
            await locks.close();
            await driver.close();
          },
        },
        {
          name: `redis-semaphore ${peers.version('redis-semaphore')}`,
          guarantees: 'no queue, no fence; told of a loss only by a failed refresh',
          async run(turn) {
            const mutex = new Mutex(semaphoreClient, resourceOf(turn));
            await mutex.acquire();
            await mutex.release();
          },
          close: async () => semaphoreClient.disconnect(),
        },
        {
          name: `redlock ${peers.version('redlock')}`,
          guarantees: 'no queue, no fence; told of a loss only by a failed extension',
          run: async (turn) => (await redlock.acquire([resourceOf(turn)], 10_000)).release(),
          close: async () => redlockClient.disconnect(),
        },
      ];
    },
  },
];
