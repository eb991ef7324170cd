import { machineTimeMs } from '@penknife/testing';
import { Redis } from 'ioredis';
import type { Contestant } from '../../case.js';
import type { Peers } from '../../peers.js';

/** A lock of another library, reduced to what is compared: take it, waiting as the library waits, and give it back. */
export interface PeerLocks {
  readonly name: string;
  readonly guarantees: string;
  /** Takes `resource`, waiting at most for `waitMs`; the function gives it back. */
  acquire(resource: string, ttlMs: number, waitMs: number): Promise<PeerLock>;
  /** Runs under the lock, extended as the library does it; the function gives when the library told its holder of the loss. */
  using(resource: string, ttlMs: number, run: (toldAtMs: ToldAt) => Promise<void>): Promise<void>;
  close(): Promise<void>;
}

/** When a holder was told that its lock is lost, on the clock of the machine; undefined: up to now it was not. */
export type ToldAt = () => number | undefined;

/** When a signal fires. */
export function firedAt(signal: AbortSignal): ToldAt {
  let atMs: number | undefined;
  signal.addEventListener('abort', () => {
    atMs = machineTimeMs();
  });
  return () => atMs;
}

/** A lock that a peer gave. */
export interface PeerLock {
  release(): Promise<unknown>;
}

interface SemaphoreModule {
  readonly Mutex: new (
    client: unknown,
    key: string,
    options: object,
  ) => { readonly isAcquired: boolean; acquire(): Promise<void>; release(): Promise<void> };
}
interface RedlockLock {
  release(): Promise<unknown>;
}
type Redlock = new (
  clients: readonly unknown[],
  settings: object,
) => {
  acquire(resources: readonly string[], ttlMs: number): Promise<RedlockLock>;
  using(
    resources: readonly string[],
    ttlMs: number,
    run: (signal: AbortSignal) => Promise<void>,
  ): Promise<void>;
};
/** A CommonJS module whose default is wrapped once more when it is imported. */
interface RedlockModule {
  readonly default: { readonly default: Redlock };
}
interface UniversalModule {
  readonly IoredisAdapter: new (client: unknown) => unknown;
  createLock(options: object): {
    acquire(): Promise<object>;
    release(handle: object): Promise<boolean>;
    using(run: (signal: AbortSignal) => Promise<void>): Promise<void>;
  };
}

/** redis-semaphore: a mutex that is polled for every 10 ms, on ioredis. */
async function redisSemaphore(peers: Peers, url: string): Promise<PeerLocks> {
  const { Mutex } = await peers.load<SemaphoreModule>('redis-semaphore');
  const client = new Redis(url);
  return {
    name: `redis-semaphore ${peers.version('redis-semaphore')}`,
    guarantees: 'no queue, no fence; told of a loss only by a failed refresh',
    async acquire(resource, ttlMs, waitMs) {
      const onLockLost = (): void => undefined;
      const mutex = new Mutex(client, resource, { lockTimeout: ttlMs, acquireTimeout: waitMs, onLockLost });
      await mutex.acquire();
      return { release: () => mutex.release() };
    },
    async using(resource, lockTimeout, run) {
      let atMs: number | undefined;
      const onLockLost = (): void => {
        atMs = machineTimeMs();
      };
      const mutex = new Mutex(client, resource, { lockTimeout, onLockLost });
      await mutex.acquire();
      // Its word for whoever asks counts, too, from when it is asked.
      await run(() => atMs ?? (mutex.isAcquired ? undefined : machineTimeMs()));
      await mutex.release();
    },
    close: async () => client.disconnect(),
  };
}

/** redlock: polled for every 200 ms, on ioredis. */
async function redlock(peers: Peers, url: string): Promise<PeerLocks> {
  const { default: Redlock } = (await peers.load<RedlockModule>('redlock')).default;
  const client = new Redis(url);
  return {
    name: `redlock ${peers.version('redlock')}`,
    guarantees: 'no queue, no fence; told of a loss only by a failed extension',
    async acquire(resource, ttlMs, waitMs) {
      const lock = await new Redlock([client], { retryCount: Math.ceil(waitMs / 200) }).acquire(
        [resource],
        ttlMs,
      );
      return { release: () => lock.release() };
    },
    using: (resource, ttlMs, run) =>
      new Redlock([client], {}).using([resource], ttlMs, (signal) => run(firedAt(signal))),
    close: async () => client.disconnect(),
  };
}

/** redlock-universal in its leanest mode: polled for every 100 ms, on ioredis. */
async function redlockUniversal(peers: Peers, url: string): Promise<PeerLocks> {
  const { createLock, IoredisAdapter } = await peers.load<UniversalModule>('redlock-universal');
  const client = new Redis(url);
  const adapter = new IoredisAdapter(client);
  return {
    name: `redlock-universal ${peers.version('redlock-universal')}, lean`,
    guarantees: 'no queue, no fence; told of a loss only by a failed extension',
    async acquire(resource, ttlMs, waitMs) {
      const retryAttempts = Math.ceil(waitMs / 100);
      const lock = createLock({ adapter, key: resource, ttl: ttlMs, performance: 'lean', retryAttempts });
      const handle = await lock.acquire();
      return { release: () => lock.release(handle) };
    },
    using: (resource, ttl, run) =>
      createLock({ adapter, key: resource, ttl, performance: 'lean' }).using((signal) =>
        run(firedAt(signal)),
      ),
    close: async () => client.disconnect(),
  };
}

/** A lock library that is compared, by its package's name. */
export type LockPeer = 'redis-semaphore' | 'redlock' | 'redlock-universal';

/** All of them. */
export const lockPeers: Readonly<Record<LockPeer, (peers: Peers, url: string) => Promise<PeerLocks>>> = {
  'redis-semaphore': redisSemaphore,
  redlock,
  'redlock-universal': redlockUniversal,
};

/** A contestant whose operation is one acquisition and its release, where nobody else wants the lock. */
export function uncontended(locks: PeerLocks, resourceOf: (turn: number) => string): Contestant {
  return {
    name: locks.name,
    guarantees: locks.guarantees,
    run: async (turn) => (await locks.acquire(resourceOf(turn), 10_000, 10_000)).release(),
    close: locks.close,
  };
}
