import { workerDriver } from '@penknife/matrix/worker';
import { answerParent } from '@penknife/testing';
import { createStreams, type PartitionedConsumer } from '../src/index.js';
import { effectsKey, fired } from './fire-stream.js';

/** What a worker of the soak is asked. */
export interface FireActs extends Record<string, (...args: never[]) => unknown> {
  start(): Promise<void>;
  stop(): Promise<void>;
}

const driver = workerDriver();
const stream = createStreams(driver).open(fired);
/** The planted bug: an effect that is not in one act with its acknowledgement. */
const careless = process.env.STREAMS_PLANTED !== undefined;
let consumer: PartitionedConsumer | undefined;

const acts: FireActs = {
  async start() {
    consumer = stream.consume(
      'g',
      async (message) => {
        const { hashTag } = stream.partition(message.partition as number);
        const key = effectsKey(hashTag);
        const args = ['RPUSH', key, `${message.key} ${message.data.n}`] as const;
        if (careless) {
          await driver.send({ args, key, read: Number });
          await driver.clock.sleep(20, message.signal);
        } else {
          if (message.data.n % 10 === 0) await driver.clock.sleep(2, message.signal);
          await message.handleOnce([{ args, keys: [key] }]);
        }
      },
      {
        concurrency: 16,
        lease: 400,
        poll: 100,
        retry: { failures: 1000, crashes: 1000, base: 5, max: 50 },
      },
    );
    await consumer.ready;
  },
  async stop() {
    await consumer?.close();
    await driver.close();
  },
};

answerParent(acts);
