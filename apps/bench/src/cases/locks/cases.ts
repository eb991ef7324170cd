import type { Driver } from '@penknife/core';
import { createIoredisDriver } from '@penknife/driver-ioredis';
import { createNodeRedisDriver } from '@penknife/driver-node-redis';
import { createLocks, lockOrThrow } from '@penknife/locks';
import { Redis } from 'ioredis';
import { createClient } from 'redis';
import type { BenchCase, BenchContext, Contestant } from '../../case.js';
import { type Crowd, contended } from './contended.js';
import { type PeerLocks, redisSemaphore, redlock, redlockUniversal, uncontended } from './peers.js';

/** Sixteen characters, one of sixty-four: nobody waits for anybody. */
const resourceOf = (turn: number): string => `invoice-00000-${String(turn % 64).padStart(2, '0')}`;

function ours(client: string, driver: Driver): Contestant {
  const locks = createLocks(driver, { ttl: '10s' });
  return {
    name: `penknife on ${client}`,
    guarantees: 'FIFO queue, fencing token, a deadline that fires whether or not Redis answers',
    run: async (turn) => lockOrThrow(await locks.tryAcquire(resourceOf(turn))).release(),
    async close() {
      await locks.close();
      await driver.close();
    },
  };
}

async function peersOf({ peers, server }: BenchContext): Promise<readonly Contestant[]> {
  const all = [redlockUniversal, redisSemaphore, redlock].map((open) => open(peers, server.url));
  return (await Promise.all(all)).map((locks) => uncontended(locks, resourceOf));
}

async function ourLocks(url: string): Promise<PeerLocks> {
  const driver = createIoredisDriver(new Redis(url, { lazyConnect: true }));
  const locks = createLocks(driver);
  return {
    name: 'penknife on ioredis',
    guarantees: 'FIFO queue, fencing token, woken by a push',
    async acquire(resource, ttl, waitMs) {
      const lock = lockOrThrow(await locks.acquire(resource, { ttl, waitMs }));
      return { release: () => lock.release() };
    },
    async close() {
      await locks.close();
      await driver.close();
    },
  };
}

function crowdCase(crowd: Crowd): BenchCase {
  const { waiters, holdMs } = crowd;
  return {
    name: `locks/contended-${waiters}x${holdMs}`,
    question: `How do ${waiters} who hold for ${holdMs} ms get through one lock? Ideal: ${1000 / holdMs} a second`,
    inFlight: [1],
    async prepare({ peers, server }) {
      const { url } = server;
      return [
        await contended(() => ourLocks(url), crowd),
        await contended(() => redisSemaphore(peers, url), crowd),
        await contended(() => redlock(peers, url), crowd),
        await contended(() => redlockUniversal(peers, url), crowd),
      ];
    },
  };
}

/** One acquisition and its release, alone and in a crowd. */
export const lockCases: readonly BenchCase[] = [
  {
    name: 'locks/uncontended-ioredis',
    question: 'What does acquire + release cost when nobody waits, on ioredis?',
    inFlight: [1, 64],
    async prepare(context): Promise<readonly Contestant[]> {
      const driver = createIoredisDriver(new Redis(context.server.url, { lazyConnect: true }));
      return [ours('ioredis', driver), ...(await peersOf(context))];
    },
  },
  {
    name: 'locks/uncontended-node-redis',
    question: 'What does acquire + release cost when nobody waits, on node-redis? (the peers on ioredis)',
    inFlight: [1, 64],
    async prepare(context): Promise<readonly Contestant[]> {
      const driver = createNodeRedisDriver(createClient({ url: context.server.url }));
      return [ours('node-redis', driver), ...(await peersOf(context))];
    },
  },
  crowdCase({ waiters: 20, holdMs: 50 }),
  crowdCase({ waiters: 50, holdMs: 20 }),
];
