import { createManualClock, type Driver, type ManualClock } from '@penknife/core';
import { createMemoryRedis, type MemoryRedis } from '@penknife/driver-memory';
import { type Cache, type CacheOptions, createCache } from '../src/index.js';

/** A server in the process, with caches as different processes would have them. */
export interface Stage {
  readonly clock: ManualClock;
  readonly redis: MemoryRedis;
  cache<V = unknown>(options?: Partial<CacheOptions>, driver?: Driver): Cache<V>;
  close(): Promise<void>;
}

export function createStage(): Stage {
  const clock = createManualClock();
  const redis = createMemoryRedis({ clock, seed: 7 });
  const open: { close(): Promise<void> }[] = [];
  return {
    clock,
    redis,
    cache<V>(options: Partial<CacheOptions> = {}, driver: Driver = redis.driver()) {
      const cache = createCache<V>(driver, { ttlMs: 60_000, jitter: 0, earlyRefresh: 0, ...options });
      open.push(cache, driver);
      return cache;
    },
    async close() {
      for (const each of open) await each.close();
      redis.close();
    },
  };
}

/** Something that a test lets happen. */
export interface Gate<T> {
  readonly opened: Promise<T>;
  open(value: T): void;
  fail(error: unknown): void;
}

export function createGate<T = void>(): Gate<T> {
  let open!: (value: T) => void;
  let fail!: (error: unknown) => void;
  const opened = new Promise<T>((resolve, reject) => {
    open = resolve;
    fail = reject;
  });
  return { opened, open, fail };
}
