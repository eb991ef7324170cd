import type { Driver } from '@penknife/core';
import { createQueue } from '@penknife/queue';

/** The receipts of one instance: added by whoever sold, sent by whoever is free. */
export interface Receipts {
  send(reservation: string): Promise<void>;
  state(): Promise<{ readonly waiting: number; readonly sending: number; readonly sent: number }>;
  close(): Promise<void>;
}

const sentKey = 'arena:{receipts}:sent';
const sentLiveMs = 86_400_000;
const sendingMs = 200;
/** Longer than the shop remembers what was paid: within it no receipt is sent twice. */
const restingFor = '2d';

/** Opens the queue of receipts and starts this instance's worker: two at once, each a simulated mail. */
export function openReceipts(driver: Driver, instance: string, failed: (error: unknown) => void): Receipts {
  const queue = createQueue<{ readonly reservation: string }>(driver, 'arena-receipts');
  const worker = queue.work(
    async ({ data, signal }) => {
      await driver.clock.sleep(sendingMs, signal);
      // A set of reservations: a receipt that is sent twice is counted once.
      const noted = await driver.transaction([
        { args: ['HSET', sentKey, data.reservation, instance], key: sentKey, repeatable: true, read: Number },
        { args: ['PEXPIRE', sentKey, sentLiveMs], key: sentKey, repeatable: true, read: Number },
      ]);
      // What could not be noted is sent again.
      if (noted === 'aborted') throw new Error('the receipt was not noted');
      for (const one of noted) if (!one.ok) throw one.error;
    },
    { concurrency: 2, onEvent: (event) => event.kind === 'error' && failed(event.error) },
  );
  return {
    async send(reservation) {
      await queue.add({ reservation }, { id: reservation, throttle: restingFor });
    },
    async state() {
      const [{ waiting, working }, sent] = await Promise.all([
        queue.counts(),
        driver.send({ args: ['HLEN', sentKey], key: sentKey, repeatable: true, read: Number }),
      ]);
      return { waiting, sending: working, sent };
    },
    close: () => worker.close({ grace: '1s' }),
  };
}
