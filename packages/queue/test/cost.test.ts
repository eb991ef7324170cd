import { expectCost, ioredisClient, nodeRedisClient, overMatrix, singleColumn } from '@penknife/matrix';
import { it } from 'vitest';
import { createQueue, queueKeys } from '../src/index.js';

overMatrix(
  'the cost of queues',
  (context) => {
    it('everyday calls cost so many commands, round trips and bytes', async () => {
      const emails = createQueue<{ to: string }>(await context.driver(), 'emails');
      await expectCost(context, 'a job', () => emails.add({ to: 'ann@example.com' }), {
        calls: { evalsha: 1, hsetnx: 1, llen: 1, rpush: 1, time: 1 },
        roundTrips: 1,
        bytesIn: 250,
        bytesOut: 20,
      });
      await expectCost(
        context,
        'a delayed job under its id',
        (turn) => emails.add({ to: 'ann@example.com' }, { id: `welcome:${turn}`, delay: '15m' }),
        {
          calls: { evalsha: 1, hsetnx: 1, llen: 1, time: 1, type: 12, zadd: 1, zrange: 1 },
          roundTrips: 1,
          bytesIn: 720,
          bytesOut: 20,
        },
      );
      await expectCost(context, 'its end before it began', (turn) => emails.cancel(`welcome:${turn}`), {
        calls: { evalsha: 1, hdel: 3, hget: 1, llen: 1, time: 1, type: 12, zrem: 1 },
        roundTrips: 1,
        bytesIn: 660,
        bytesOut: 10,
      });
      await expectCost(context, 'the counts', () => emails.counts(), {
        calls: { evalsha: 1, hexists: 1, llen: 1, time: 1, type: 12, zcard: 6 },
        roundTrips: 1,
        bytesIn: 640,
        bytesOut: 40,
      });
    });
  },
  { keys: queueKeys, columns: [nodeRedisClient, ioredisClient].map((client) => singleColumn(client)) },
);
