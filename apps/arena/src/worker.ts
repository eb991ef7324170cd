import { createStreams } from '@penknife/streams';
import { readConfig } from './config.js';
import { startFulfilment } from './features/streams/fulfilment.js';
import { orders } from './features/streams/orders.js';
import { openBackend } from './open-backend.js';

/** A process that fulfils orders and nothing else: main.ts starts it beside a server, and tests kill it. */
const backend = openBackend(readConfig({ ...process.env, ARENA_WORKERS: '0' }).backend);
const driver = backend.driver();
const streams = createStreams(driver);
const consumer = startFulfilment({
  driver,
  log: streams.open(orders),
  instance: process.env.ARENA_WORKER ?? 'worker',
  onEvent(event) {
    if (event.type === 'error') console.error(event.error);
  },
});

async function stop(): Promise<void> {
  await streams.close({ deadlineMs: 2000 });
  await backend.close();
}
for (const signal of ['SIGINT', 'SIGTERM', 'disconnect'] as const) {
  process.once(signal, () => {
    stop().then(
      () => process.exit(),
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  });
}
await consumer.ready;
process.send?.('ready');
