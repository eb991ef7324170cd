import { createIoredisDriver } from '@penknife/driver-ioredis';
import { createStreams } from '@penknife/streams';
import { Redis } from 'ioredis';
import { definition } from './penknife.js';

/** A process that takes a message and works on it until it gets a signal; SIGTERM it obeys as a service does. */
const [, , url = '', lease = ''] = process.argv;
const driver = createIoredisDriver(new Redis(url, { lazyConnect: true }));
const consumer = createStreams(driver)
  .open(definition)
  .consume(
    'workers',
    ({ signal }) =>
      new Promise<void>((resolve) => {
        signal.addEventListener('abort', () => resolve(), { once: true });
        process.send?.('holding');
      }),
    { lease: Number(lease) },
  );
process.once('SIGTERM', () => {
  void consumer
    .close({ deadlineMs: 0 })
    .then(() => driver.close())
    .then(() => process.exit());
});
// Whoever started it is gone.
process.once('disconnect', () => process.exit());
await consumer.ready;
process.send?.('ready');
