import type { Command, Driver } from '@penknife/core';
import { createIoredisDriver } from '@penknife/driver-ioredis';
import { createNodeRedisDriver } from '@penknife/driver-node-redis';
import { createRateLimiter, type RateLimiterOptions } from '@penknife/ratelimit';
import { Redis } from 'ioredis';
import { createClient } from 'redis';
import type { Contestant } from '../../case.js';

/** What is used of rate-limiter-flexible. */
export interface FlexibleModule {
  readonly RateLimiterRedis: new (options: object) => FlexibleLimiter;
  readonly RateLimiterMemory: new (options: object) => FlexibleLimiter;
  readonly RateLimiterUnion: new (...limiters: FlexibleLimiter[]) => FlexibleLimiter;
}

/** One of its limiters. */
export interface FlexibleLimiter {
  consume(key: string, points?: number): Promise<unknown>;
}

export const theirs =
  'fixed window from the first hit: up to twice the limit at its edge; denied calls are charged';
export const ours = 'GCRA: exact in any span, denied calls cost nothing, never sent twice';

/** A limit nobody reaches. */
export const generous = { limit: 1_000_000, windowMs: 60_000 };

export const identifierOf = (turn: number): string => `user-${turn % 1000}`;

/** A driver on each client. */
export const driverOn: Readonly<Record<'ioredis' | 'node-redis', (url: string) => Driver>> = {
  ioredis: (url) => createIoredisDriver(new Redis(url, { lazyConnect: true })),
  'node-redis': (url) => createNodeRedisDriver(createClient({ url })),
};

/** The command of one check, as the limiter makes it. */
export async function commandOf(
  options: RateLimiterOptions,
  identifier: string,
): Promise<Command<unknown> & { readonly key?: string }> {
  let made: Command<unknown> | undefined;
  const driver = {
    send: async (command: Command<unknown>) => {
      made = command;
      throw new Error('only looking');
    },
  } as unknown as Driver;
  await createRateLimiter(driver, options)
    .check(identifier)
    .catch(() => undefined);
  return made as Command<unknown> & { readonly key?: string };
}

/** Our limiter as a contestant. */
export function limiterOn(name: string, driver: Driver): Contestant {
  const limiter = createRateLimiter(driver, {
    policy: { limit: generous.limit, window: generous.windowMs },
  });
  return {
    name,
    guarantees: ours,
    run: (turn) => limiter.check(identifierOf(turn)),
    close: () => driver.close(),
  };
}
