import {
  createManualClock,
  type Driver,
  type ManualClock,
  type RandomSource,
  rawReply,
  seededRandom,
} from '@penknife/core';
import { createMemoryRedis } from '@penknife/driver-memory';
import { type Consumer, createStreams, type ReceivedMessage, streamKeys } from '../src/index.js';
import type { HistoryEvent } from './history.js';
import { type PausableDriver, pausable } from './pausable-driver.js';
import { type Numbered, numbers } from './sample-streams.js';

type Received = ReceivedMessage<{ readonly data: Numbered }>;

/** One process of the simulation: a driver that can be stopped or die, and a consumer on it. */
interface Process {
  readonly name: string;
  readonly driver: PausableDriver;
  readonly consumer: Consumer;
  paused: boolean;
}

/** What a schedule does differently, to see that the checker notices. */
export interface Planted {
  /** Stands between a consumer and the server. */
  readonly driver?: (driver: Driver) => Driver;
  /** Runs before the handler does its work. */
  readonly before?: (message: Received) => Promise<unknown>;
}

/** What came of a schedule. */
export interface Outcome {
  readonly history: readonly HistoryEvent[];
  readonly pending: number;
}

const leaseMs = 1000;

/**
 * Runs one seeded schedule on the memory engine: processes come, die without a word, stall, are cut off, leave; handlers take their
 * time and fail; messages are appended all the while. In the end one healthy process is left to finish everything.
 */
export async function runSchedule(seed: number, planted: Planted = {}): Promise<Outcome> {
  const random = seededRandom(seed);
  const clock = createManualClock();
  const redis = createMemoryRedis({ clock, seed });
  const history: HistoryEvent[] = [];
  const processes: Process[] = [];
  const writer = redis.driver();
  const log = createStreams(writer).open(numbers);
  let [made, appended] = [0, 0];

  function start(): void {
    const name = `p${made++}`;
    const driver = pausable((planted.driver ?? ((own) => own))(redis.driver()));
    const consumer = createStreams(driver)
      .open(numbers)
      .consume('g', (message) => handle(message, name, clock, random, history, planted), {
        name,
        lease: leaseMs,
        poll: 500,
        retry: { failures: 1000, crashes: 1000, base: 20, max: 200 },
      });
    processes.push({ name, driver, consumer, paused: false });
  }

  async function append(count: number): Promise<void> {
    const drafts = Array.from({ length: count }, () => ({ data: { n: appended++ } }));
    for (const { id } of await log.appendMany(drafts)) history.push({ type: 'appended', id });
  }

  async function step(): Promise<void> {
    const choice = random.fraction();
    const process = processes[Math.floor(random.fraction() * processes.length)];
    if (choice < 0.3) await append(1 + Math.floor(random.fraction() * 5));
    else if (choice < 0.7) await clock.advance(Math.floor(random.fraction() * 300));
    else if (choice < 0.74) redis.faults.cut();
    else if (choice < 0.8 && processes.length < 4) start();
    else if (process === undefined) return;
    else if (choice < 0.85) {
      remove(process);
      process.driver.resume();
      await process.driver.close();
    } else if (choice < 0.94) {
      process.paused = !process.paused;
      if (process.paused) process.driver.pause();
      else process.driver.resume();
    } else if (!process.paused) {
      remove(process);
      history.push({ type: 'leaving' });
      const closing = process.consumer.close({ deadlineMs: 50 });
      await clock.advance(60);
      await closing;
    }
  }

  function remove(process: Process): void {
    processes.splice(processes.indexOf(process), 1);
  }

  start();
  start();
  await append(5);
  for (let i = 0; i < 120; i++) await step();
  for (const process of processes) process.driver.resume();
  start();
  const pending = await finish(clock, writer, log.name, appended);
  await Promise.all([writer, ...processes.map(({ driver }) => driver)].map((driver) => driver.close()));
  return { history, pending };
}

async function handle(
  message: Received,
  by: string,
  clock: ManualClock,
  random: RandomSource,
  history: HistoryEvent[],
  planted: Planted,
): Promise<void> {
  const { id, deliveries, signal } = message;
  const ended = (how: 'done' | 'failed' | 'lost'): void => {
    history.push({ type: 'ended', id, by, deliveries, atMs: clock.monotonic(), how });
  };
  history.push({ type: 'started', id, by, deliveries, atMs: clock.monotonic() });
  signal.addEventListener('abort', () => ended('lost'), { once: true });
  await planted.before?.(message);
  // Now and then longer than a lease: renewal has to carry it.
  await clock.sleep(random.fraction() < 0.1 ? leaseMs * 1.5 : random.fraction() * 50);
  if (signal.aborted) return;
  if (random.fraction() < 0.15) {
    ended('failed');
    throw new Error('by chance');
  }
  ended('done');
}

/** Lets time pass until the group has caught up, for a minute at most; gives what is pending then. */
async function finish(clock: ManualClock, driver: Driver, name: string, appended: number): Promise<number> {
  const key = streamKeys.in('pk').log(name);
  const ask = (args: [Uppercase<string>, ...string[]]) => driver.send({ args, key, read: rawReply });
  let left = appended;
  for (let i = 0; i < 600 && left > 0; i++) {
    await clock.advance(100);
    const [pending] = (await ask(['XPENDING', key, 'g'])) as [number];
    const groups = (await ask(['XINFO', 'GROUPS', key])) as unknown[][];
    const lag = groups[0]?.[(groups[0]?.indexOf('lag') ?? 0) + 1];
    left = pending + Number(lag ?? 0);
  }
  return left;
}
