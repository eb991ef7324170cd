import { createRateLimits } from '@penknife/ratelimit';
import { Redis } from 'ioredis';
import type { BenchCase } from '../../case.js';
import { driverOn, type FlexibleModule, identifierOf, ours } from './contestants.js';

/** Three limits at once, none of which is reached. */
export const severalCases: readonly BenchCase[] = [
  {
    name: 'ratelimit/three-limits',
    question: 'How fast are three limits at once, on ioredis?',
    inFlight: [1, 64],
    async prepare({ server, peers }) {
      const driver = driverOn.ioredis(server.url);
      const limits = createRateLimits(driver, {
        limits: { second: '100000/s', minute: '1000000/min', day: '100000000/d' },
      });
      const { RateLimiterRedis, RateLimiterUnion } =
        await peers.load<FlexibleModule>('rate-limiter-flexible');
      const storeClient = new Redis(server.url);
      const union = new RateLimiterUnion(
        ...[
          { keyPrefix: 'second', points: 100_000, duration: 1 },
          { keyPrefix: 'minute', points: 1_000_000, duration: 60 },
          { keyPrefix: 'day', points: 100_000_000, duration: 86_400 },
        ].map((options) => new RateLimiterRedis({ storeClient, ...options })),
      );
      return [
        {
          name: 'penknife, one command',
          guarantees: `${ours}; all or nothing`,
          run: (turn) => limits.check(identifierOf(turn)),
          close: () => driver.close(),
        },
        {
          name: `rate-limiter-flexible ${peers.version('rate-limiter-flexible')} Union`,
          guarantees: 'a command a limit; what one denies the others have charged',
          run: (turn) => union.consume(identifierOf(turn), 1),
          close: async () => storeClient.disconnect(),
        },
      ];
    },
  },
];
