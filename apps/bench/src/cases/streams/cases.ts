import type { BenchCase } from '../../case.js';
import { adding, addingMany, draining, together } from './contestants.js';
import { beeQueue, bullmq, groupmq } from './job-queues.js';
import { penknifeOnIoredis, penknifeOnNodeRedis } from './penknife.js';
import { rawStreams } from './raw-streams.js';
import { takingOver } from './take-over.js';
import type { OpenQueue } from './work-queue.js';

const all: readonly OpenQueue[] = [
  penknifeOnIoredis,
  penknifeOnNodeRedis,
  rawStreams,
  bullmq,
  beeQueue,
  groupmq,
];

function consuming(concurrency: number, count: number): BenchCase {
  return {
    name: `streams/consume-${concurrency}`,
    question: `Messages consumed with ${concurrency} handlers at once, the consumer's start and end included`,
    inFlight: [1],
    async prepare(context) {
      const queues = await together(context, all);
      return queues.map((queue) => draining(queue, count, () => queue.drain(count, concurrency)));
    },
  };
}

const batch = 10_000;
const signals = { SIGKILL: 'a killed process', SIGTERM: 'a process that closes' } as const;

/** The log and its consumers against job queues and the client's own commands. */
export const streamCases: readonly BenchCase[] = [
  consuming(1, 2000),
  consuming(100, 20_000),
  {
    name: 'streams/consume-batch',
    question: 'Messages consumed a hundred at a time',
    inFlight: [1],
    async prepare(context) {
      const ours = await penknifeOnIoredis(context);
      const raw = await rawStreams(context);
      return [
        draining(ours, batch * 2, () => ours.drainBatches(batch * 2)),
        draining(raw, batch * 2, () => raw.drain(batch * 2, 100)),
      ];
    },
  },
  ...(['SIGKILL', 'SIGTERM'] as const).map(
    (signal): BenchCase => ({
      name: `streams/take-over-${signal.toLowerCase()}`,
      question: `How long until another has the message that ${signals[signal]} worked on`,
      inFlight: [1],
      prepare: async (context) => [takingOver(context, `penknife, ${signal}`, signal)],
    }),
  ),
  {
    name: 'streams/append',
    question: 'Messages appended one by one',
    inFlight: [1, 100],
    async prepare(context) {
      const queues = await together(context, all);
      return queues.map(adding);
    },
  },
  {
    name: 'streams/append-many',
    question: 'Messages appended 200 with one call; "kept" is what a waiting message takes',
    inFlight: [1],
    async prepare(context) {
      const queues = await together(context, [
        penknifeOnIoredis,
        penknifeOnNodeRedis,
        rawStreams,
        bullmq,
        beeQueue,
      ]);
      return queues.map(addingMany);
    },
  },
];
