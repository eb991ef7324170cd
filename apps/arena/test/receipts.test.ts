import { createManualClock } from '@penknife/core';
import { createMemoryRedis } from '@penknife/driver-memory';
import { expect, it } from 'vitest';
import { openReceipts } from '../src/features/inventory/receipts.js';

it('a receipt is sent once, though its order is paid again after it was sent', async () => {
  const clock = createManualClock();
  const redis = createMemoryRedis({ clock, seed: 1 });
  const failures: unknown[] = [];
  const receipts = openReceipts(redis.driver(), 'one', (error) => failures.push(error));
  await receipts.send('order');
  await clock.advance(1000);
  expect(await receipts.state()).toEqual({ waiting: 0, sending: 0, sent: 1 });
  await clock.advance(3_600_000);
  await receipts.send('order');
  expect(await receipts.state()).toEqual({ waiting: 0, sending: 0, sent: 1 });
  await receipts.send('another');
  await clock.advance(1000);
  expect(await receipts.state()).toEqual({ waiting: 0, sending: 0, sent: 2 });
  expect(failures).toEqual([]);
  const closed = receipts.close();
  await clock.advance(2000);
  await closed;
  redis.close();
});
