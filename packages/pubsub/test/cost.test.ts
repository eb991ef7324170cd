import { type Codec, jsonCodec } from '@penknife/core';
import { expectCost, ioredisClient, nodeRedisClient, overMatrix, singleColumn } from '@penknife/matrix';
import { it } from 'vitest';
import { createPubSub, defineChannel, pubSubKeys } from '../src/index.js';

overMatrix(
  'the cost of messages',
  (context) => {
    it('everyday calls cost so many commands, round trips and bytes', async () => {
      const pubsub = createPubSub(await context.driver());
      const text = { codec: jsonCodec as Codec<string> };
      const plain = pubsub.channel(defineChannel('plain:{room}', text));
      const logged = pubsub.channel(
        defineChannel('logged:{room}', { ...text, delivery: 'log', history: { size: 100, ttl: '1h' } }),
      );
      const message = 'x'.repeat(100);
      await expectCost(context, 'a message', () => plain.publish({ room: '7' }, message), {
        calls: { publish: 1 },
        roundTrips: 1,
        bytesIn: 190,
        bytesOut: 10,
      });
      await expectCost(context, 'a message that is kept', () => logged.publish({ room: '7' }, message), {
        calls: { evalsha: 1, get: 1, pexpire: 1, publish: 1, set: 1, xadd: 1 },
        roundTrips: 1,
        bytesIn: 400,
        bytesOut: 40,
      });
      await pubsub.close();
    });
  },
  { keys: pubSubKeys, columns: [nodeRedisClient, ioredisClient].map((client) => singleColumn(client)) },
);
