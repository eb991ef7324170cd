import { createIoredisDriver } from '@penknife/driver-ioredis';
import { createLocks, lockOrThrow } from '@penknife/locks';
import { Redis } from 'ioredis';
import type { PeerLocks } from './peers.js';

/** Ours, in the shape in which all are compared. */
export async function penknifeLocks(url: string): Promise<PeerLocks> {
  const driver = createIoredisDriver(new Redis(url, { lazyConnect: true }));
  const locks = createLocks(driver);
  return {
    name: 'penknife on ioredis',
    guarantees: 'FIFO queue, fencing token, woken by a push',
    async acquire(resource, ttl, waitMs) {
      const lock = lockOrThrow(await locks.acquire(resource, { ttl, waitMs }));
      return { release: () => lock.release() };
    },
    async using(resource, ttl, run) {
      await locks.withLock(resource, (lock) => run(() => lock.signal.aborted), { ttl });
    },
    async close() {
      await locks.close();
      await driver.close();
    },
  };
}
