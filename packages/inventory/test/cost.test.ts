import { expectCost, ioredisClient, nodeRedisClient, overMatrix, singleColumn } from '@penknife/matrix';
import { it } from 'vitest';
import { createInventory, inventoryKeys } from '../src/index.js';

overMatrix(
  'the cost of inventories',
  (context) => {
    it('everyday calls cost so many commands, round trips and bytes', async () => {
      const shop = createInventory(await context.driver(), { name: 'shop' });
      await shop.setStock('tee', 1000);
      await expectCost(context, 'a reservation', (turn) => shop.reserve({ tee: 1 }, { id: `cart:${turn}` }), {
        calls: {
          evalsha: 1,
          hget: 1,
          hmget: 1,
          hset: 2,
          time: 1,
          type: 9,
          zadd: 1,
          zrangebylex: 2,
          zrangebyscore: 2,
          zscore: 4,
        },
        roundTrips: 1,
        bytesIn: 450,
        bytesOut: 100,
      });
      await expectCost(context, 'its confirmation', (turn) => shop.confirm(`cart:${turn}`), {
        calls: {
          evalsha: 1,
          hdel: 1,
          hget: 1,
          hmget: 1,
          hset: 1,
          time: 1,
          type: 9,
          zadd: 1,
          zrangebyscore: 2,
          zrem: 1,
          zscore: 1,
        },
        roundTrips: 1,
        bytesIn: 400,
        bytesOut: 90,
      });
      await expectCost(
        context,
        'a reservation given back',
        async (turn) => {
          await shop.reserve({ tee: 1 }, { id: `gone:${turn}` });
          await shop.release(`gone:${turn}`);
        },
        {
          calls: {
            evalsha: 2,
            hdel: 1,
            hget: 2,
            hmget: 2,
            hset: 3,
            time: 2,
            type: 18,
            zadd: 2,
            zrangebylex: 3,
            zrangebyscore: 4,
            zrem: 1,
            zscore: 5,
          },
          roundTrips: 2,
          bytesIn: 840,
          bytesOut: 170,
        },
      );
      await expectCost(context, 'a look', () => shop.availability(['tee']), {
        calls: { evalsha: 1, hmget: 1, time: 1, type: 9, zrangebylex: 1, zrangebyscore: 2 },
        roundTrips: 1,
        bytesIn: 380,
        bytesOut: 70,
      });
    });
  },
  { keys: inventoryKeys, columns: [nodeRedisClient, ioredisClient].map((client) => singleColumn(client)) },
);
