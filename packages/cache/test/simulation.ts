import {
  type CallOptions,
  type Command,
  createManualClock,
  type Driver,
  type FeedSink,
  type ManualClock,
  type Outcome,
  type RandomSource,
  seededRandom,
} from '@penknife/core';
import { createMemoryRedis, type MemoryRedis } from '@penknife/driver-memory';
import { type Cache, createCache } from '../src/index.js';
import { History } from './history.js';

/** A defect planted into what a process sends or hears. */
export type PlantedBug =
  /** Loaded values are stored whatever became of their lease. */
  | 'unfenced-fill'
  /** Invalidations that a message missed are never replayed. */
  | 'no-replay'
  /** Everybody who asks gets the lease. */
  | 'no-lease'
  /** Invalidating a tag raises no floor, and tells nobody. */
  | 'deaf-tag';

/** What a schedule is made of. */
export interface ScheduleOptions {
  readonly seed: number;
  /** Messages are lost, processes stop in the middle of a load. */
  readonly faults: boolean;
  readonly bug?: PlantedBug;
}

const l1LeaseMs = 200;
const leaseMs = 2000;
const steps = 120;

/** A connection on which requests, answers and messages pass when they are told to. */
class Link {
  readonly driver: Driver;
  readonly #queue: (() => void)[] = [];
  readonly #messages: (() => void)[] = [];
  held = true;

  constructor(inner: Driver, bug: PlantedBug | undefined, history: History) {
    const hold = (act: () => void): void => void (this.held ? this.#queue.push(act) : act());
    const through = <T>(run: () => Promise<T>): Promise<T> =>
      new Promise<T>((resolve, reject) => {
        hold(() =>
          run().then(
            (value) => hold(() => resolve(value)),
            (error) => hold(() => reject(error)),
          ),
        );
      });
    const patch = <T>(command: Command<T>): Command<T> => planted(command, bug);
    this.driver = {
      ...inner,
      send: (command, _options?: CallOptions) =>
        through(async () => {
          const answer = await inner.send(patch(command));
          history.served(command, answer);
          return answer;
        }),
      batch: (commands, _options?: CallOptions) =>
        through(async () => {
          const outcomes: readonly Outcome<unknown>[] = await inner.batch(commands.map(patch));
          for (const [i, outcome] of outcomes.entries()) {
            if (outcome.ok) history.served(commands[i] as Command<unknown>, outcome.value);
          }
          return outcomes;
        }) as never,
      openFeed: (sink: FeedSink, options) =>
        inner.openFeed(
          {
            ...sink,
            message: (...message) => {
              // Where messages arrive the log is hardly needed: this bug is one of those who are deaf.
              if (bug === 'no-replay') return;
              const hear = (): void => sink.message(...message);
              if (this.held) this.#messages.push(hear);
              else hear();
            },
          },
          options,
        ),
    };
  }

  /** Lets something pass that is under way: any of the requests and answers, or the oldest message. */
  pass(random: RandomSource): void {
    const message = random.fraction() < 0.3 ? this.#messages.shift() : undefined;
    if (message !== undefined) message();
    else this.#queue.splice(Math.floor(random.fraction() * this.#queue.length), 1)[0]?.();
  }

  lose(): void {
    this.#messages.length = 0;
  }

  release(): void {
    this.held = false;
    for (const message of this.#messages.splice(0)) message();
    for (const act of this.#queue.splice(0)) act();
  }
}

function planted<T>(command: Command<T>, bug: PlantedBug | undefined): Command<T> {
  const name = command.script?.name;
  const args = [...command.args] as unknown as Command<T>['args'];
  const asEval = (lua: string): Command<T> => {
    const { script: _script, ...rest } = command;
    return { ...rest, args: ['EVAL', lua, ...args.slice(2)] };
  };
  if (bug === 'unfenced-fill' && name === 'cache/fill')
    return asEval("redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3]) return 1");
  if (bug === 'no-lease' && name === 'cache/enter') return asEval("return { 'lease' }");
  if (bug === 'deaf-tag' && name === 'cache/announce')
    return {
      ...command,
      args: args.map((arg) => (arg === 'remove-tag' ? 'key' : arg)) as unknown as typeof args,
    };
  if (bug === 'no-replay' && name === 'cache/catch-up') {
    const read = command.read;
    return { ...command, read: (reply) => ({ ...read(reply), complete: true, invalidations: [] }) };
  }
  return command;
}

/** A server and its clock, for many schedules one after another. */
export interface SimulatedServer {
  readonly clock: ManualClock;
  readonly redis: MemoryRedis;
}

export function simulatedServer(): SimulatedServer {
  const clock = createManualClock();
  return { clock, redis: createMemoryRedis({ clock, seed: 3 }) };
}

/** Runs one seeded schedule of three processes on one server, and gives what was seen. */
export async function runSchedule(server: SimulatedServer, options: ScheduleOptions): Promise<History> {
  const { clock, redis } = server;
  const random = seededRandom(options.seed);
  const history = new History(clock, l1LeaseMs);
  const processes = [0, 1, 2].map((number) => {
    const inner = redis.driver({ random: seededRandom(options.seed * 10 + number) });
    const link = new Link(inner, options.bug, history);
    const cache = createCache<number>(link.driver, {
      name: `s${options.seed}`,
      ttlMs: 60_000,
      l1LeaseMs,
      leaseMs,
      hardTimeoutMs: 60_000,
      errorTtlMs: 0,
      deadlineMs: 60_000,
    });
    return { number, link, cache, inner, finish: [] as (() => void)[], under: 0 };
  });
  type Process = (typeof processes)[number];
  const keys = ['hot', 'hot', 'warm'];

  function load(process: Process, key: string): Promise<number> {
    const run = history.loadBegins(key);
    return new Promise((resolve) => {
      process.finish.push(() => {
        resolve(run.id);
      });
    });
  }

  function read(process: Process, key: string): void {
    const begun = history.readBegins(key, process.number);
    process.under++;
    // One declares its tag, the other's loader does.
    const value =
      key === 'hot'
        ? process.cache.getOrSet(key, () => load(process, key), { tags: ['all'] })
        : process.cache.getOrSet(key, ({ tag }) => {
            tag('all');
            return load(process, key);
          });
    void value
      .then(
        (id) => history.readEnds(begun, id),
        () => undefined,
      )
      .finally(() => process.under--);
  }

  function invalidate(process: Process, key: string): void {
    const roll = random.fraction();
    const keys = roll < 0.2 ? undefined : roll < 0.45 ? ['hot', 'warm'] : [key];
    process.under++;
    const begun = history.invalidationBegins();
    const done: Promise<unknown> =
      keys === undefined
        ? process.cache.clear()
        : keys.length > 1
          ? process.cache.removeTags(['all'])
          : process.cache.remove(key);
    void done
      .then(
        () => history.invalidated(keys, process.number, begun),
        () => undefined,
      )
      .finally(() => process.under--);
  }

  for (let step = 0; step < steps; step++) {
    const process = pick(random, processes);
    const key = pick(random, keys);
    const roll = random.fraction();
    if (roll < 0.2) read(process, key);
    else if (roll < 0.28) invalidate(process, key);
    else if (roll < 0.38)
      process.finish.splice(Math.floor(random.fraction() * process.finish.length), 1)[0]?.();
    else if (roll < 0.41) await clock.advance(Math.ceil(random.fraction() * 120));
    else if (options.faults && roll < 0.44) process.link.lose();
    else if (options.faults && roll < 0.442) process.finish.length = 0;
    else for (let i = 0; i < 3; i++) process.link.pass(random);
    await turn();
  }
  for (const { link } of processes) {
    if (options.faults) link.lose();
    link.release();
  }
  for (let rounds = 0; rounds < 40 && processes.some(({ under }) => under > 0); rounds++) {
    for (const { finish } of processes) for (const end of finish.splice(0)) end();
    await clock.advance(rounds < 5 ? 1 : 600);
  }
  // Who reads at last, in every process, after a lease: the second key at once after the first, whose read asks the log.
  await clock.advance(l1LeaseMs);
  for (const process of processes) {
    for (const key of options.seed % 2 === 0 ? ['hot', 'warm'] : ['warm', 'hot']) {
      read(process, key);
      for (let rounds = 0; rounds < 3; rounds++) {
        for (const { finish } of processes) for (const end of finish.splice(0)) end();
        await clock.advance(1);
      }
    }
  }
  for (let rounds = 0; rounds < 3; rounds++) {
    for (const { finish } of processes) for (const end of finish.splice(0)) end();
    await clock.advance(500);
  }
  history.unanswered = processes.reduce((sum, { under }) => sum + under, 0);
  await Promise.all(processes.map(({ cache }: { cache: Cache<number> }) => cache.close()));
  await Promise.all(processes.map(({ inner }) => inner.close()));
  return history;
}

function pick<T>(random: RandomSource, items: readonly T[]): T {
  return items[Math.floor(random.fraction() * items.length)] as T;
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
