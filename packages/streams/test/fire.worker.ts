import { workerDriver } from '@penknife/matrix/worker';
import { answerParent, machineTimeMs, type WorkerParent } from '@penknife/testing';
import { type Consumer, type ConsumerEvent, createStreams, type ReceivedMessage } from '../src/index.js';
import type { FireEvent } from './fire-history.js';
import { effectsKey, fired, plain } from './fire-stream.js';
import type { Numbered } from './sample-streams.js';

/** What a worker of the soak is asked. */
export interface FireActs extends Record<string, (...args: never[]) => unknown> {
  start(): Promise<void>;
  /** What its consumers say of themselves, and what befell them last. */
  health(): string;
  /** Leaves its groups as a service does that is told to stop. */
  stop(): Promise<void>;
}

const driver = workerDriver();
const streams = createStreams(driver);
const [split, whole] = [streams.open(fired), streams.open(plain)];
/** The planted bug: an effect that is not in one act with its acknowledgement. */
const careless = process.env.STREAMS_PLANTED !== undefined;
const troubles: string[] = [];
const options = {
  onEvent(event: ConsumerEvent) {
    if (event.type !== 'error') return;
    troubles.push(`${machineTimeMs().toFixed(0)} ${String(event.error)}`);
    if (troubles.length > 5) troubles.shift();
  },
  concurrency: 16,
  lease: 400,
  poll: 100,
  retry: { failures: 1000, crashes: 1000, base: 5, max: 50 },
} as const;
let consumers: readonly Consumer[] = [];

async function handle(message: ReceivedMessage<{ readonly data: Numbered }>, hashTag: string): Promise<void> {
  const { key = '', data, deliveries, failures, generation, signal } = message;
  const tell = (type: FireEvent['type']): void => {
    const of = generation === undefined ? 'plain' : 'split';
    const facts = { of, key, n: data.n, deliveries, generation: generation ?? 0 } as const;
    parent.report({ type, ...facts, by: String(process.pid), atMs: machineTimeMs() } satisfies FireEvent);
  };
  if (!careless) tell('started');
  if (data.n % 10 === 0) await driver.clock.sleep(2, signal);
  if (data.n % 50 === 7 && failures === 0) throw new Error('the first time');
  const effects = effectsKey(hashTag);
  const args = ['RPUSH', effects, `${key} ${data.n}`] as const;
  if (careless) {
    await driver.send({ args, key: effects, read: Number });
    tell('started');
    // Whoever is struck now has it behind him, and not acknowledged.
    await driver.clock.sleep(200, signal);
  } else {
    tell(await message.handleOnce([{ args, keys: [effects] }]));
  }
}

const acts: FireActs = {
  async start() {
    consumers = [
      split.consume(
        'g',
        (message) => handle(message, split.partition(message.partition as number).hashTag),
        options,
      ),
      whole.consume('g', (message) => handle(message, whole.hashTag), options),
    ];
    await Promise.all(consumers.map(({ ready }) => ready));
  },
  health() {
    const told = consumers.map((one) => JSON.stringify(one.health()));
    return [...told, ...troubles].join('\n  ');
  },
  async stop() {
    await Promise.all(consumers.map((one) => one.close()));
    await driver.close();
  },
};

const parent: WorkerParent = answerParent(acts);
