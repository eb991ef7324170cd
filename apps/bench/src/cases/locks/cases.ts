import type { Driver } from '@penknife/core';
import { createIoredisDriver } from '@penknife/driver-ioredis';
import { createNodeRedisDriver } from '@penknife/driver-node-redis';
import { createLocks, lockOrThrow } from '@penknife/locks';
import { Redis } from 'ioredis';
import { createClient } from 'redis';
import type { BenchCase, BenchContext, Contestant } from '../../case.js';
import { type Crowd, contended, startContenders } from './contended.js';
import type { Library } from './contender.js';
import { frozenCases } from './frozen.js';
import { lockPeers, uncontended } from './peers.js';
import { rawScripts } from './raw-scripts.js';

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
  const fit = peers.fit(['redlock-universal', 'redis-semaphore', 'redlock']);
  const all = fit.map((name) => lockPeers[name](peers, server.url));
  return (await Promise.all(all)).map((locks) => uncontended(locks, resourceOf));
}

function crowdCase(crowd: Crowd): BenchCase {
  const { waiters, holdMs } = crowd;
  return {
    name: `locks/contended-${waiters}x${holdMs}`,
    question: `How do ${waiters} processes that hold for ${holdMs} ms get through one lock? Ideal: ${1000 / holdMs} a second`,
    inFlight: [1],
    async prepare({ peers, server }) {
      const contenders = await startContenders(waiters);
      const of = (library: Library, name: string, guarantees: string): Contestant =>
        contended(contenders, library, { name, guarantees }, server, crowd);
      const theirs = 'no queue, no fence';
      const first = of('penknife', 'penknife on ioredis', 'FIFO queue, fencing token, woken by a push');
      const others = peers.fit(['redis-semaphore', 'redlock', 'redlock-universal']).map((name) => {
        const lean = name === 'redlock-universal' ? ', lean' : '';
        return of(name, `${name} ${peers.version(name)}${lean}`, theirs);
      });
      const close = async (): Promise<void> => {
        await Promise.all(contenders.map((contender) => contender.kill()));
      };
      return [{ ...first, close }, ...others];
    },
  };
}

/** One acquisition and its release, alone and in a crowd; a server that stands still. */
export const lockCases: readonly BenchCase[] = [
  {
    name: 'locks/uncontended-ioredis',
    question: 'What does acquire + release cost when nobody waits, on ioredis?',
    inFlight: [1, 64],
    async prepare(context): Promise<readonly Contestant[]> {
      const driver = createIoredisDriver(new Redis(context.server.url, { lazyConnect: true }));
      const raw = await rawScripts(context.server.url, resourceOf);
      return [ours('ioredis', driver), raw, ...(await peersOf(context))];
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
  ...frozenCases,
];
