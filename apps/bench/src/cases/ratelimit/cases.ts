import { createIoredisDriver } from '@penknife/driver-ioredis';
import { createNodeRedisDriver } from '@penknife/driver-node-redis';
import { createRateLimiter } from '@penknife/ratelimit';
import { Redis } from 'ioredis';
import { createClient } from 'redis';
import type { BenchCase, Contestant } from '../../case.js';

interface FlexibleModule {
  readonly RateLimiterRedis: new (
    options: object,
  ) => { consume(key: string, points: number): Promise<unknown> };
}

const identifierOf = (turn: number): string => `user-${turn % 1000}`;
const generous = { limit: 1_000_000, windowMs: 60_000 };
const theirs = 'fixed window from the first hit: up to twice the limit at its edge; denied calls are charged';
const ours = 'GCRA: exact in any span, denied calls cost nothing, never sent twice';

function limiterOf(name: string, driver: ReturnType<typeof createIoredisDriver>): Contestant {
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

/** One decision against rate-limiter-flexible on the same client. */
export const rateLimitCases: readonly BenchCase[] = [
  {
    name: 'ratelimit/check-ioredis',
    question: 'How fast is one decision, on ioredis?',
    inFlight: [1, 64],
    async prepare({ server, peers }) {
      const { RateLimiterRedis } = await peers.load<FlexibleModule>('rate-limiter-flexible');
      const client = new Redis(server.url);
      const peer = new RateLimiterRedis({ storeClient: client, points: generous.limit, duration: 60 });
      return [
        limiterOf('penknife on ioredis', createIoredisDriver(new Redis(server.url, { lazyConnect: true }))),
        {
          name: `rate-limiter-flexible ${peers.version('rate-limiter-flexible')} on ioredis`,
          guarantees: theirs,
          run: (turn) => peer.consume(identifierOf(turn), 1),
          close: async () => client.disconnect(),
        },
      ];
    },
  },
  {
    name: 'ratelimit/check-node-redis',
    question: 'How fast is one decision, on node-redis?',
    inFlight: [1, 64],
    async prepare({ server, peers }) {
      const { RateLimiterRedis } = await peers.load<FlexibleModule>('rate-limiter-flexible');
      const client = await createClient({ url: server.url }).connect();
      const peer = new RateLimiterRedis({
        storeClient: client,
        useRedisPackage: true,
        points: generous.limit,
        duration: 60,
      });
      return [
        limiterOf('penknife on node-redis', createNodeRedisDriver(createClient({ url: server.url }))),
        {
          name: `rate-limiter-flexible ${peers.version('rate-limiter-flexible')} on node-redis`,
          guarantees: theirs,
          run: (turn) => peer.consume(identifierOf(turn), 1),
          close: async () => client.destroy(),
        },
      ];
    },
  },
];
