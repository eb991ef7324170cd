import type { Driver } from '@penknife/core';
import type { MatrixContext } from '@penknife/matrix';
import { it } from 'vitest';
import { type Cache, type CacheOptions, createCache } from '../src/index.js';

const longestWaitMs = 30_000;
/** Longer than what a case waits for. */
const longestCaseMs = 60_000;

/** Cases that make caches and do not have to close them. */
export interface Cases {
  made<V = unknown>(options?: Partial<CacheOptions>, driver?: Driver): Promise<Cache<V>>;
  /** Something that is to be closed before the caches. */
  closing(running: { close(): Promise<unknown> }): void;
  /** Lets time pass until something holds, however slow the machine is. Rejects, and says what, half a minute later. */
  until(what: string, holds: () => boolean | Promise<boolean>): Promise<void>;
  /** Runs a test, then closes its caches while their drivers are still open. */
  test(name: string, run: () => Promise<void>): void;
}

export function createCases(context: MatrixContext): Cases {
  const open: Cache[] = [];
  const first: { close(): Promise<unknown> }[] = [];
  return {
    async made<V = unknown>(options: Partial<CacheOptions> = {}, driver?: Driver) {
      const cache = createCache<V>(driver ?? (await context.driver()), {
        ttlMs: 60_000,
        earlyRefresh: 0,
        deadlineMs: 10_000,
        ...options,
      });
      open.push(cache as Cache);
      return cache;
    },
    closing(running) {
      first.push(running);
    },
    async until(what, holds) {
      const { clock } = context;
      const begunAt = clock.monotonic();
      while (!(await holds())) {
        if (clock.monotonic() - begunAt > longestWaitMs) throw new Error(`never happened: ${what}`);
        await context.advance(5);
      }
    },
    test(name, run) {
      it(
        name,
        async () => {
          try {
            await run();
          } finally {
            await Promise.all(first.splice(0).map((running) => running.close()));
            await Promise.all(open.splice(0).map((cache) => cache.close()));
          }
        },
        longestCaseMs,
      );
    },
  };
}
