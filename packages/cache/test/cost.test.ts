import { expectCost, ioredisClient, nodeRedisClient, overMatrix, singleColumn } from '@penknife/matrix';
import { it } from 'vitest';
import { cacheKeys, createCache } from '../src/index.js';

overMatrix(
  'the cost of caches',
  (context) => {
    it('everyday calls cost so many commands, round trips and bytes', async () => {
      const driver = await context.driver();
      const cache = createCache<string>(driver, { name: 'shop', ttlMs: 60_000, local: false });
      const value = 'x'.repeat(100);
      const ten = Array.from({ length: 10 }, (_, i) => `m${i}`);
      await cache.setMany(ten.map((key) => [key, value]));
      await expectCost(context, 'a write', () => cache.set('a', value), {
        calls: {
          evalsha: 2,
          del: 1,
          exists: 1,
          get: 2,
          pexpire: 1,
          publish: 1,
          set: 2,
          time: 1,
          xadd: 1,
          xrange: 1,
        },
        roundTrips: 2,
        bytesIn: 600,
        bytesOut: 40,
      });
      await expectCost(context, 'a hit', () => cache.get('a'), {
        calls: { mget: 1 },
        roundTrips: 1,
        bytesIn: 80,
        bytesOut: 180,
      });
      await expectCost(context, 'a hit with a loader', () => cache.getOrSet('a', () => value), {
        calls: { mget: 1 },
        roundTrips: 1,
        bytesIn: 80,
        bytesOut: 180,
      });
      await expectCost(context, 'a miss with its load', (turn) => cache.getOrSet(`b${turn}`, () => value), {
        calls: { evalsha: 2, del: 1, get: 4, mget: 2, set: 2 },
        roundTrips: 3,
        bytesIn: 710,
        bytesOut: 90,
      });
      await expectCost(context, 'a removal', () => cache.remove('a'), {
        calls: {
          evalsha: 2,
          del: 2,
          exists: 1,
          get: 2,
          pexpire: 1,
          publish: 1,
          set: 1,
          time: 1,
          xadd: 1,
          xrange: 1,
        },
        roundTrips: 2,
        bytesIn: 460,
        bytesOut: 40,
      });
      await expectCost(context, 'ten hits at once', () => cache.getMany(ten), {
        calls: { mget: 1 },
        roundTrips: 1,
        bytesIn: 360,
        bytesOut: 1450,
      });
      await cache.close();
    });
  },
  { keys: cacheKeys, columns: [nodeRedisClient, ioredisClient].map((client) => singleColumn(client)) },
);
