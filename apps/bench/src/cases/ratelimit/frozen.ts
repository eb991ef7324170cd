import { createRateLimiter, guardLimiter } from '@penknife/ratelimit';
import { Redis } from 'ioredis';
import type { BenchCase } from '../../case.js';
import { driverOn, type FlexibleModule, identifierOf } from './contestants.js';

const deadlineMs = 50;

/** A server that accepts connections and answers nothing. */
export const frozenCases: readonly BenchCase[] = [
  {
    name: 'ratelimit/frozen-server',
    question: `How long does a decision take while the server is frozen (deadline ${deadlineMs} ms)?`,
    inFlight: [1],
    usesServer: false,
    async prepare({ server, peers }) {
      const driver = driverOn.ioredis(server.url);
      const limiter = createRateLimiter(driver, { policy: '1000000/min' });
      const guard = (failures: number) =>
        guardLimiter(driver, limiter, { fallback: 'local', deadlineMs, failures });
      const [always, breaking] = [guard(1_000_000_000), guard(5)];
      const { RateLimiterRedis, RateLimiterMemory } =
        await peers.load<FlexibleModule>('rate-limiter-flexible');
      const storeClient = new Redis(server.url, { commandTimeout: deadlineMs });
      storeClient.on('error', () => undefined);
      const options = { points: 1_000_000, duration: 60 };
      const insured = new RateLimiterRedis({
        storeClient,
        ...options,
        insuranceLimiter: new RateLimiterMemory(options),
      });
      await Promise.all([always.check('a'), insured.consume('a')]);
      const admin = new Redis(server.url);
      // What may write is held back; the counters of the run are still read.
      await admin.call('CLIENT', 'PAUSE', '600000', 'WRITE');
      admin.disconnect();
      return [
        {
          name: 'penknife, each call waits for its deadline',
          guarantees: 'local share of the limit',
          run: (turn) => always.check(identifierOf(turn)),
          close: async () => driver.close(),
        },
        {
          name: 'penknife, breaker after five',
          guarantees: 'local share of the limit; a probe a second',
          run: (turn) => breaking.check(identifierOf(turn)),
          close: async () => undefined,
        },
        {
          name: `rate-limiter-flexible ${peers.version('rate-limiter-flexible')} with insurance, command timeout ${deadlineMs} ms`,
          guarantees: 'a local limiter of the full limit',
          run: (turn) => insured.consume(identifierOf(turn)),
          close: async () => storeClient.disconnect(),
        },
      ];
    },
  },
];
