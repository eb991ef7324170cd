import { cacheDenials, createRateLimiter, sliceLimiter } from '@penknife/ratelimit';
import type { BenchCase } from '../../case.js';
import { driverOn, ours } from './contestants.js';

/** One identifier that everybody asks for. */
export const hotKeyCases: readonly BenchCase[] = [
  {
    name: 'ratelimit/denied-hot-key',
    question: 'How fast is a denial of one hot identifier, from memory and from the server?',
    inFlight: [64],
    async prepare({ server }) {
      const driver = driverOn.ioredis(server.url);
      const limiter = createRateLimiter(driver, { policy: '1/d' });
      await limiter.check('hot');
      const cached = cacheDenials(driver, limiter);
      return [
        {
          name: 'remembered denial',
          guarantees: 'never denies what the server would allow, but for what others gave back within 1 s',
          run: () => cached.check('hot'),
          close: () => driver.close(),
        },
        {
          name: 'asked for',
          guarantees: ours,
          run: () => limiter.check('hot'),
          close: async () => undefined,
        },
      ];
    },
  },
  {
    name: 'ratelimit/allowed-hot-key',
    question: 'How fast is a hot identifier out of slices, and asked for?',
    inFlight: [64],
    async prepare({ server }) {
      const driver = driverOn.ioredis(server.url);
      const limiter = createRateLimiter(driver, { policy: '100000000/min' });
      const sliced = sliceLimiter(driver, limiter, { units: 1000 });
      return [
        {
          name: 'slices of 1000',
          guarantees: 'at most a slice a process above the limit in any span',
          run: () => sliced.check('hot'),
          close: async () => {
            await sliced.close();
            await driver.close();
          },
        },
        {
          name: 'asked for',
          guarantees: ours,
          run: () => limiter.check('hot'),
          close: async () => undefined,
        },
      ];
    },
  },
];
