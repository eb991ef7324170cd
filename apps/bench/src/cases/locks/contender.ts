// A process that wants a lock: started by `contended.ts`, one for each of a crowd.
import { answerParent, machineTimeMs, type WorkerActs } from '@penknife/testing';
import { openPeers } from '../../peers.js';
import { penknifeLocks } from './our-locks.js';
import { type PeerLocks, redisSemaphore, redlock, redlockUniversal } from './peers.js';

const peers = openPeers();

/** One of the libraries that are compared. */
export type Library = 'penknife' | 'redis-semaphore' | 'redlock' | 'redlock-universal';

const libraries: Readonly<Record<Library, (url: string) => Promise<PeerLocks>>> = {
  penknife: penknifeLocks,
  'redis-semaphore': (url) => redisSemaphore(peers, url),
  redlock: (url) => redlock(peers, url),
  'redlock-universal': (url) => redlockUniversal(peers, url),
};

/** When a contender had the lock, on the clock that all processes of the machine share. */
export interface Turn {
  readonly acquiredAtMs: number;
  readonly releasedAtMs: number;
}

let locks: PeerLocks | undefined;

/** What its parent asks of it. */
export interface ContenderActs extends WorkerActs {
  /** Connects, and gets everything ready that a first acquisition would have to wait for. */
  open(library: Library, url: string): Promise<void>;
  /** Takes the lock once, keeps it, gives it back. Undefined: it gave up. */
  take(resource: string, holdMs: number): Promise<Turn | undefined>;
}

const acts: ContenderActs = {
  async open(library, url) {
    await locks?.close();
    locks = await libraries[library](url);
    const warm = await locks.acquire(`warm-${process.pid}`, 10_000, 10_000);
    await warm.release();
  },
  async take(resource, holdMs) {
    try {
      const lock = await (locks as PeerLocks).acquire(resource, 10_000, 30_000);
      const acquiredAtMs = machineTimeMs();
      await new Promise((resolve) => setTimeout(resolve, holdMs));
      const releasedAtMs = machineTimeMs();
      await lock.release();
      return { acquiredAtMs, releasedAtMs };
    } catch {
      return undefined;
    }
  },
};

answerParent(acts);
