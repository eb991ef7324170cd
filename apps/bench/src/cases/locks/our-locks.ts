import type { Driver } from '@penknife/core';
import { createIoredisDriver } from '@penknife/driver-ioredis';
import { createLocks, lockOrThrow } from '@penknife/locks';
import { Redis } from 'ioredis';
import { firedAt, type PeerLocks } from './peers.js';

/** Ours, in the shape in which all are compared. `dress` may plant a bug into the driver. */
export async function penknifeLocks(
  url: string,
  dress: (driver: Driver) => Driver = (driver) => driver,
): Promise<PeerLocks> {
  const driver = dress(createIoredisDriver(new Redis(url, { lazyConnect: true })));
  const locks = createLocks(driver);
  return {
    name: 'penknife on ioredis',
    guarantees: 'FIFO queue, fencing token, woken by a push',
    async acquire(resource, ttl, waitMs) {
      const lock = lockOrThrow(await locks.acquire(resource, { ttl, waitMs }));
      return { release: () => lock.release() };
    },
    async using(resource, ttl, run) {
      // By the event alone: whoever asks the handle is told the truth at any time.
      await locks.withLock(resource, ({ signal }) => run(firedAt(signal)), { ttl });
    },
    async close() {
      await locks.close();
      await driver.close();
    },
  };
}
