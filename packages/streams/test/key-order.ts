import { createManualClock, type Driver, type RandomSource, seededRandom } from '@penknife/core';
import { createMemoryRedis } from '@penknife/driver-memory';
import { type Consumer, type ConsumerOptions, createStreams } from '../src/index.js';
import { type PausableDriver, pausable } from './pausable-driver.js';
import { numbers, splitNumbers } from './sample-streams.js';
import { slowWire } from './slow-wire.js';

/** What happened to the messages of one key, in the order in which it happened. */
export interface KeyEvent {
  readonly type: 'started' | 'done';
  readonly key: string;
  readonly n: number;
}

/** A message may start only when every earlier one of its key is done. Empty when that held. */
export function disorderOf(history: readonly KeyEvent[]): string[] {
  const done = new Map<string, Set<number>>();
  const faults: string[] = [];
  for (const { type, key, n } of history) {
    const ofKey = done.get(key) ?? new Set();
    done.set(key, ofKey);
    if (type === 'done') ofKey.add(n);
    else
      for (let i = 0; i < n; i++) if (!ofKey.has(i)) faults.push(`${key}: ${n} started before ${i} was done`);
  }
  return faults;
}

interface Process {
  readonly driver: PausableDriver;
  /** Cuts its wire, where it has one of its own. */
  readonly cut: (() => void) | undefined;
  readonly consumer: Consumer;
}

/** How a life is set up. */
export interface Life {
  /** On a stream that is split into partitions. */
  readonly split?: boolean;
  /** Every member is on a slow wire of its own: commands and replies take up to so many ms, and each wire can be cut. */
  readonly wireMs?: number;
  /** Stands between a member and the server, to plant a bug. */
  readonly dress?: (driver: Driver) => Driver;
}

/** What came of a life. */
export interface LifeReport {
  readonly history: readonly KeyEvent[];
  /** Messages that were never done. */
  readonly left: number;
  /** Deliveries that were handled twice: an acknowledgement of the first time would count for the second. */
  readonly twice: readonly string[];
}

/** All that is wrong with a life. */
export function faultsOfLife({ history, left, twice }: LifeReport): string[] {
  return [
    ...disorderOf(history),
    ...(left > 0 ? [`${left} never done`] : []),
    ...twice.map((delivery) => `handled twice: ${delivery}`),
  ];
}

/** A seeded life of a group on the memory engine: members come, stall, die, leave, are cut off; handlers take time and fail. */
export async function runKeyOrder(
  seed: number,
  options: ConsumerOptions,
  { split = false, wireMs, dress = (driver) => driver }: Life = {},
): Promise<LifeReport> {
  const random = seededRandom(seed);
  const clock = createManualClock();
  const redis = createMemoryRedis({ clock, seed });
  const history: KeyEvent[] = [];
  const next = new Map<string, number>();
  const done = new Set<string>();
  const begun = new Set<string>();
  const twice: string[] = [];
  const processes: Process[] = [];
  const writer = redis.driver();
  const open = (driver: Driver) =>
    split ? createStreams(driver).open(splitNumbers) : createStreams(driver).open(numbers);
  const log = open(writer);
  let appended = 0;
  let members = 0;

  function start(): void {
    const own = redis.driver();
    const wire = wireMs === undefined ? undefined : slowWire(own, random, wireMs);
    const driver = pausable(dress(wire ?? own));
    const member = ++members;
    const handler = async ({
      key = '',
      data: { n },
      deliveries,
      signal,
    }: {
      key: string | undefined;
      data: { n: number };
      deliveries: number;
      signal: AbortSignal;
    }) => {
      const delivery = `${key} ${n}, delivery ${deliveries}, member ${member}`;
      if (begun.has(delivery)) twice.push(delivery);
      begun.add(delivery);
      history.push({ type: 'started', key, n });
      await clock.sleep(random.fraction() < 0.05 ? 1500 : random.fraction() * 40);
      if (signal.aborted) return;
      if (random.fraction() < 0.2) throw new Error('by chance');
      history.push({ type: 'done', key, n });
      done.add(`${key} ${n}`);
    };
    const consumer = open(driver).consume('g', handler, {
      lease: 1000,
      poll: 500,
      concurrency: 5,
      retry: { failures: 1e6, crashes: 1e6, base: 20, max: 200 },
      ...options,
    });
    processes.push({ driver, consumer, cut: wire?.cut });
  }

  async function append(): Promise<void> {
    const drafts = Array.from({ length: 1 + Math.floor(random.fraction() * 8) }, () => {
      const key = `k${Math.floor(random.fraction() * 4)}`;
      const n = next.get(key) ?? 0;
      next.set(key, n + 1);
      appended++;
      return { key, data: { n } };
    });
    await log.appendMany(drafts);
  }

  async function step(): Promise<void> {
    const choice = random.fraction();
    const at = Math.floor(random.fraction() * processes.length);
    const process = processes[at];
    if (choice < 0.3) await append();
    else if (choice < 0.75) await clock.advance(Math.floor(random.fraction() * 300));
    else if (choice < 0.78) (process?.cut ?? redis.faults.cut)();
    else if (choice < 0.84 && processes.length < 4) start();
    else if (process === undefined) return;
    else if (choice < 0.88) {
      processes.splice(at, 1);
      process.driver.resume();
      await process.driver.close();
    } else if (choice < 0.95) {
      stall(process, random);
    } else {
      processes.splice(at, 1);
      process.driver.resume();
      let closed = false;
      const closing = process.consumer.close({ deadlineMs: 50 }).then(() => {
        closed = true;
      });
      for (let i = 0; i < 1000 && !closed; i++) await clock.advance(60);
      await closing;
    }
  }

  function stall({ driver }: Process, chance: RandomSource): void {
    if (chance.fraction() < 0.5) driver.pause();
    else driver.resume();
  }

  start();
  start();
  await append();
  for (let i = 0; i < 100; i++) await step();
  for (const { driver } of processes) driver.resume();
  start();
  for (let i = 0; i < 900 && done.size < appended; i++) await clock.advance(100);
  await Promise.all([writer, ...processes.map(({ driver }) => driver)].map((driver) => driver.close()));
  return { history, left: appended - done.size, twice };
}
