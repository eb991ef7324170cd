import type { BenchCase } from '../../case.js';
import { adding, addingMany, draining, together } from '../streams/contestants.js';
import { beeQueue, bullmq, groupmq } from '../streams/job-queues.js';
import type { OpenQueue } from '../streams/work-queue.js';
import { queueOnIoredis, queueOnNodeRedis } from './penknife.js';

const all: readonly OpenQueue[] = [queueOnIoredis, queueOnNodeRedis, bullmq, beeQueue, groupmq];

function working(concurrency: number, count: number): BenchCase {
  return {
    name: `queue/work-${concurrency}`,
    question: `Jobs done with ${concurrency} handlers at once, the worker's start and end included`,
    inFlight: [1],
    async prepare(context) {
      const queues = await together(context, all);
      return queues.map((queue) => draining(queue, count, () => queue.drain(count, concurrency)));
    },
  };
}

/** The job queue against those that most teams reach for. */
export const queueCases: readonly BenchCase[] = [
  {
    name: 'queue/add',
    question: 'Jobs added one by one',
    inFlight: [1, 100],
    async prepare(context) {
      const queues = await together(context, all);
      return queues.map(adding);
    },
  },
  {
    name: 'queue/add-many',
    question: 'Jobs added 200 with one call; "kept" is what a waiting job takes',
    inFlight: [1],
    async prepare(context) {
      const queues = await together(context, [queueOnIoredis, queueOnNodeRedis, bullmq, beeQueue]);
      return queues.map(addingMany);
    },
  },
  working(1, 2000),
  working(100, 20_000),
];
