import type { Driver } from '@penknife/core';
import { workerDriver } from '@penknife/matrix/worker';
import { answerParent, plantedBug } from '@penknife/testing';
import { createQueue, type Worker } from '../src/index.js';

/** The list to which every handler writes the job that it has done. */
export const doneKey = 'soak:{jobs}:done';

function dressed(driver: Driver): Driver {
  if (process.env.QUEUE_PLANTED === undefined) return driver;
  const rewrite = plantedBug({
    script: 'queue/advance',
    right: "redis.call('ZADD', KEYS[4], unpack(leases))",
    wrong: '',
  });
  return { ...driver, send: (command, options) => driver.send(rewrite(command), options) };
}

const driver = dressed(workerDriver());
const queue = createQueue<number>(driver, 'jobs', { retry: { crashes: 1000, failures: 1000, base: 10 } });
/** How long a job takes at most: longer where a killed worker has to have some in its hands. */
const workMs = Number(process.env.QUEUE_WORK_MS ?? 20);
let worker: Worker | undefined;

const acts = {
  /** Begins to work. */
  start(): void {
    worker = queue.work(
      async ({ data, signal }) => {
        await driver.clock.sleep(driver.random.fraction() * workMs, signal);
        if (driver.random.fraction() < 0.1) throw new Error('by chance');
        await driver.send({
          args: ['RPUSH', doneKey, String(data)],
          key: doneKey,
          read: Number,
        });
      },
      { concurrency: 5, lease: '300ms', poll: '200ms' },
    );
  },
  /** Ends that; what runs may end. */
  async close(): Promise<void> {
    await worker?.close();
    await driver.close();
  },
};

/** For the types of the test. */
export type Acts = typeof acts;

answerParent(acts);
