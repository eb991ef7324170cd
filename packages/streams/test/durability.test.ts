import { createManualClock } from '@penknife/core';
import { createMemoryRedis } from '@penknife/driver-memory';
import { ioredisClient, overMatrix, singleColumn } from '@penknife/matrix';
import { expect, it } from 'vitest';
import { createStreams, streamKeys } from '../src/index.js';
import { durabilitySuite } from './durability.suite.js';
import { numbers } from './sample-streams.js';

overMatrix('durability', durabilitySuite, { keys: streamKeys });
overMatrix('durability', durabilitySuite, {
  keys: streamKeys,
  columns: [singleColumn(ioredisClient, 'redis-8.0')],
});

it('a server that says nothing is not waited for without end: a connection of its own has no deadline', async () => {
  const clock = createManualClock();
  const redis = createMemoryRedis({ clock });
  const driver = redis.driver();
  const log = createStreams(driver).open(numbers);
  const durable = { durable: 'replica', confirmWithin: 10 } as const;
  const first = log.append({ data: { n: 1 } }, durable).catch((error: unknown) => error);
  await clock.advance(20);
  expect(await first).toMatchObject({ code: 'NOT_DURABLE' });
  redis.faults.pause();
  const second = log.append({ data: { n: 2 } }, durable).catch((error: unknown) => error);
  let answer: unknown;
  void second.then((error) => {
    answer = error;
  });
  await clock.advance(5001);
  expect(answer).toMatchObject({ code: 'DEADLINE', sent: 'maybe' });
  redis.faults.resume();
  await driver.close();
});
