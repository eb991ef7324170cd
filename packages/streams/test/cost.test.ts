import { expectCost, ioredisClient, nodeRedisClient, overMatrix, singleColumn } from '@penknife/matrix';
import { it } from 'vitest';
import { createStreams, streamKeys } from '../src/index.js';
import { numbers } from './sample-streams.js';

overMatrix(
  'the cost of streams',
  (context) => {
    it('everyday calls cost so many commands, round trips and bytes', async () => {
      const streams = createStreams(await context.driver());
      const log = streams.open(numbers);
      const draft = { data: { n: 7 } };
      await expectCost(context, 'a message', () => log.append(draft), {
        calls: { xadd: 1 },
        roundTrips: 1,
        bytesIn: 80,
        bytesOut: 30,
      });
      await expectCost(
        context,
        'a message under its id',
        (turn) => log.append({ ...draft, id: `named:${turn}` }),
        { calls: { evalsha: 1, get: 1, set: 1, xadd: 1 }, roundTrips: 1, bytesIn: 250, bytesOut: 40 },
      );
      await expectCost(
        context,
        'ten messages',
        () => log.appendMany(Array.from({ length: 10 }, () => draft)),
        { calls: { evalsha: 1, xadd: 10 }, roundTrips: 1, bytesIn: 550, bytesOut: 330 },
      );
    });
  },
  { keys: streamKeys, columns: [nodeRedisClient, ioredisClient].map((client) => singleColumn(client)) },
);
