import type { MatrixContext } from '@penknife/matrix';
import { it } from 'vitest';
import { type Cache, type CacheOptions, createCache } from '../src/index.js';

/** Cases that make caches and do not have to close them. */
export interface Cases {
  made<V = unknown>(options?: Partial<CacheOptions>): Promise<Cache<V>>;
  /** Runs a test, then closes its caches while their drivers are still open. */
  test(name: string, run: () => Promise<void>): void;
}

export function createCases(context: MatrixContext): Cases {
  const open: Cache[] = [];
  return {
    async made<V = unknown>(options: Partial<CacheOptions> = {}) {
      const cache = createCache<V>(await context.driver(), {
        ttlMs: 60_000,
        earlyRefresh: 0,
        deadlineMs: 10_000,
        ...options,
      });
      open.push(cache as Cache);
      return cache;
    },
    test(name, run) {
      it(name, async () => {
        try {
          await run();
        } finally {
          await Promise.all(open.splice(0).map((cache) => cache.close()));
        }
      });
    },
  };
}
