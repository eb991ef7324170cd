import {
  type CallOptions,
  type Command,
  createManualClock,
  type Driver,
  type FeedSink,
  type ManualClock,
  type RandomSource,
  type Reply,
  seededRandom,
} from '@penknife/core';
import { createMemoryRedis, type MemoryRedis } from '@penknife/driver-memory';
import { type Cache, cacheKeys, createCache } from '../src/index.js';
import { History, type Source } from './history.js';
import { careless, type PlantedBug, planted } from './planted-bugs.js';

/** What a schedule is made of. */
export interface ScheduleOptions {
  readonly seed: number;
  /** Messages are lost, processes stop in the middle of a load; of every third schedule also what the server keeps. */
  readonly faults: boolean;
  readonly bug?: PlantedBug;
}

const l1LeaseMs = 200;
const leaseMs = 2000;
const longTtlMs = 60_000;
/** Of every third schedule: within it values end by themselves. */
const shortTtlMs = 150;
const steps = 120;

/** Runs one after another what processes ask of the server, so that its answers are read in the order of what it did. */
type InTurn = <T>(run: () => Promise<T>) => Promise<T>;

function createTurns(): InTurn {
  let last: Promise<unknown> = Promise.resolve();
  return (run) => {
    const done = last.then(run);
    last = done.catch(() => undefined);
    return done;
  };
}

/** A connection on which requests, answers and messages pass when they are told to. */
class Link {
  readonly driver: Driver;
  readonly #queue: (() => void)[] = [];
  readonly #messages: (() => void)[] = [];
  held = true;

  constructor(inner: Driver, bug: PlantedBug | undefined, history: History, inTurn: InTurn) {
    const hold = (act: () => void): void => void (this.held ? this.#queue.push(act) : act());
    const through = <T>(run: () => Promise<T>): Promise<T> =>
      new Promise<T>((resolve, reject) => {
        hold(() =>
          inTurn(run).then(
            (value) => hold(() => resolve(value)),
            (error) => hold(() => reject(error)),
          ),
        );
      });
    /** What the server did is told as its answers are read. */
    const observed = <T>(command: Command<T>, several: boolean): Command<T> => {
      const sent = several && bug === 'careless-batch' ? careless(command) : planted(command, bug);
      const read = (reply: Reply): T => {
        const answer = sent.read(reply);
        history.served(command, answer);
        return answer;
      };
      return { ...sent, read };
    };
    this.driver = {
      ...inner,
      send: (command, _options?: CallOptions) => through(() => inner.send(observed(command, false))),
      batch: (commands, _options?: CallOptions) =>
        through(() => inner.batch(commands.map((each) => observed(each, commands.length > 1)))) as never,
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
  const ttlMs = options.seed % 3 === 0 ? shortTtlMs : longTtlMs;
  const history = new History(clock, l1LeaseMs, ttlMs);
  const inTurn = createTurns();
  const name = `s${options.seed}`;
  const processes = [0, 1, 2].map((number) => {
    const inner = redis.driver({ random: seededRandom(options.seed * 10 + number) });
    const link = new Link(inner, options.bug, history, inTurn);
    const cache = createCache<number>(link.driver, {
      name,
      ttlMs,
      l1LeaseMs,
      leaseMs,
      hardTimeoutMs: 120_000,
      errorTtlMs: 0,
      deadlineMs: 60_000,
    });
    const untagged = new Map<string, Promise<number>>();
    return { number, link, cache, inner, finish: [] as (() => void)[], under: 0, untagged };
  });
  type Process = (typeof processes)[number];
  const keys = ['hot', 'hot', 'warm', 'mixed'];
  const both = ['hot', 'warm'];
  const declared = { tags: ['all'] };

  const admin = redis.driver();
  const losing = options.faults && (options.seed % 3 === 1 || options.bug === 'floorless-record');
  const at = cacheKeys.in('pk');

  /** A record, an entry or a lease is evicted, or everything is gone. */
  async function lose(key: string | undefined): Promise<void> {
    const args = key === undefined ? (['FLUSHALL'] as const) : (['DEL', key] as const);
    await inTurn(() => admin.send({ args, read: String }));
    history.lost();
  }

  const lostKeys = (key: string) => [
    at.tag(name, 'all'),
    at.record(name),
    at.log(name),
    at.lease([name, key]),
    at.entry([name, key]),
    undefined,
  ];

  /** What takes a while, until the schedule ends it. */
  function until<T>(process: Process, act: () => T): Promise<T> {
    return new Promise((resolve) => {
      process.finish.push(() => resolve(act()));
    });
  }

  function load(process: Process, key: string, tagged = true): Promise<number> {
    const run = history.loadBegins(key, tagged);
    return until(process, () => {
      history.loadEnds(run);
      return run.id;
    });
  }

  /** Nobody waits for it here; what it rejects with is nothing to be promised anything of. */
  function under<T>(process: Process, work: Promise<T>, done: (value: T) => void): void {
    process.under++;
    void work.then(done, () => undefined).finally(() => process.under--);
  }

  function read(process: Process, key: string): void {
    // One declares its tag, the other's loader does; of the third some calls declare it, and others know nothing of it.
    const declares = key === 'hot' || (key === 'mixed' && random.fraction() < 0.5);
    const begun = history.readBegins(key, process.number, declares);
    const { cache, untagged } = process;
    const wrong =
      (options.bug === 'tagless-hit' && cache.peek(key)) ||
      (options.bug === 'tagless-join' && untagged.get(key));
    const value = declares
      ? wrong || cache.getOrSet(key, () => load(process, key), declared)
      : cache.getOrSet(key, ({ tag }) => {
          if (key === 'warm') tag('all');
          return load(process, key, key === 'warm');
        });
    if (!declares) untagged.set(key, value as Promise<number>);
    under(process, Promise.resolve(value), (id) => history.readEnds(begun, id));
  }

  function readMany(process: Process): void {
    const loads = random.fraction() < 0.5;
    const begun = both.map((key) => history.readBegins(key, process.number, loads));
    const found = !loads
      ? process.cache.getMany(both)
      : process.cache.getOrSetMany(
          both,
          ({ keys }) => Promise.all(keys.map(async (key) => [key, await load(process, key)] as const)),
          declared,
        );
    under(process, found, ({ values }) => {
      for (const each of begun) {
        const id = values.get(each.key);
        if (id !== undefined) history.readEnds(each, id);
      }
    });
  }

  function invalidate(process: Process, key: string): void {
    const { cache } = process;
    type Act = readonly [keys: readonly string[] | undefined, act: () => Promise<unknown>, tagged?: boolean];
    const acts: readonly Act[] = [
      [undefined, () => cache.clear()],
      [undefined, () => cache.expireAll()],
      [undefined, () => cache.removeTags(['all']), true],
      [undefined, () => cache.expireTags(['all']), true],
      [both, () => cache.invalidate({ keys: both })],
      [[key], () => cache.expire(key)],
      [[key], () => cache.remove(key)],
      [[key], () => cache.remove(key)],
    ];
    const [keys, act, tagged = false] = pick(random, acts);
    const begun = history.invalidationBegins();
    under(process, act(), () => history.invalidated({ keys, tagged }, process.number, begun));
  }

  function removesTag(process: Process): void {
    const begun = history.invalidationBegins();
    under(process, process.cache.removeTags(['all']), () =>
      history.invalidated({ keys: undefined, tagged: true }, process.number, begun),
    );
  }

  function write(process: Process, key: string): void {
    const keys = random.fraction() < 0.3 ? both : [key];
    const begun = history.invalidationBegins();
    const written = keys.map((each) => history.writeBegins(each));
    const ended = (): void => {
      for (const each of written) history.writeEnds(each);
      history.invalidated({ keys }, process.number, begun);
    };
    const [only, more] = written as [Source, Source?];
    if (more === undefined) under(process, process.cache.set(key, only.id, declared), ended);
    else {
      const entries = written.map((each) => [each.key, each.id] as const);
      under(process, process.cache.setMany(entries, declared), ({ size }) => {
        if (size === 0) ended();
      });
    }
  }

  function writeThrough(process: Process, key: string): void {
    const written = history.writeBegins(key);
    // From here on the source has the new value: what was loaded before is old.
    let begun = 0;
    const store = (): Promise<void> =>
      until(process, () => {
        begun = history.invalidationBegins();
      });
    under(process, process.cache.writeThrough(key, written.id, store, declared), () => {
      history.writeEnds(written);
      history.invalidated({ keys: [key] }, process.number, begun);
    });
  }

  for (let step = 0; step < steps; step++) {
    const process = pick(random, processes);
    const key = pick(random, keys);
    const roll = random.fraction();
    if (roll < 0.16) read(process, key);
    else if (roll < 0.2) readMany(process);
    else if (roll < 0.26) invalidate(process, key);
    else if (roll < 0.3) write(process, key);
    else if (roll < 0.315) writeThrough(process, key);
    else if (roll < 0.4)
      process.finish.splice(Math.floor(random.fraction() * process.finish.length), 1)[0]?.();
    else if (roll < 0.43) await clock.advance(Math.ceil(random.fraction() * 120));
    else if (options.faults && roll < 0.46) process.link.lose();
    else if (options.faults && roll < 0.462) process.finish.length = 0;
    else if (losing && roll < 0.48) await lose(pick(random, lostKeys(key)));
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
  if (losing) {
    // At last the tag falls, and its record is lost: whoever makes it anew for one key must not bring back the others.
    const [first] = processes as [Process];
    for (const key of both) read(first, key);
    await clock.advance(1);
    for (const end of first.finish.splice(0)) end();
    await clock.advance(1);
    removesTag(first);
    await clock.advance(1);
    await lose(at.tag(name, 'all'));
  }
  // Who reads at last, in every process, after a lease: the second key at once after the first, whose read asks the log.
  await clock.advance(l1LeaseMs);
  for (const process of processes) {
    for (const key of options.seed % 2 === 0 ? ['hot', 'warm', 'mixed'] : ['mixed', 'warm', 'hot']) {
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
  await Promise.all([admin, ...processes.map(({ inner }) => inner)].map((driver) => driver.close()));
  return history;
}

function pick<T>(random: RandomSource, items: readonly T[]): T {
  return items[Math.floor(random.fraction() * items.length)] as T;
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
