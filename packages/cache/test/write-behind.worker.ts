import { workerDriver } from '@penknife/matrix/worker';
import { createStreams, defineStream } from '@penknife/streams';
import { answerParent } from '@penknife/testing';
import { createCache, type WriteLog, writeLogSchema } from '../src/index.js';
import { rowsOf } from './write-behind-rows.js';

const driver = workerDriver();
const streams = createStreams(driver);
const log = streams.open(defineStream('writes', { schema: writeLogSchema, retention: 'forever' }));
const cache = createCache<number>(driver, { ttlMs: 60_000, deadlineMs: 10_000 });
/** The planted bug: a write that counts as done while it is only in the cache. */
const careless: WriteLog = {
  append: async () => ({ id: `${driver.clock.now()}-0` }),
  consume: log.consume as WriteLog['consume'],
};
const behind = cache.writeBehind(
  process.env.WRITE_BEHIND_PLANTED === undefined ? (log as WriteLog) : careless,
);

const acts = {
  /** Resolves when the write is acknowledged. */
  write: (key: string, value: number): Promise<void> => behind.write(key, value),
  store(): void {
    const store = async ({ key, value }: { readonly key: string; readonly value: number }): Promise<void> => {
      // A source takes its time: who is killed is killed in the middle of it.
      await driver.clock.sleep(2);
      await driver.send({ args: ['RPUSH', rowsOf(key), value], key: rowsOf(key), read: Number });
    };
    cache.writeBehind(log).store('g', store, {
      concurrency: 8,
      lease: 400,
      poll: 100,
      retry: { failures: 1000, crashes: 1000, base: 5, max: 50 },
    });
  },
};
/** What a process that writes or stores is asked to do. */
export type WriteBehindActs = typeof acts;

answerParent(acts);
