import {
  type Clock,
  type Command,
  createManualClock,
  type Driver,
  type ManualClock,
  type RandomSource,
  rawReply,
  seededRandom,
} from '@penknife/core';
import { createMemoryRedis } from '@penknife/driver-memory';
import { type History, plantedBug, type ScriptBug } from '@penknife/testing';
import { createLocks, type Lock, type Locks } from '../src/index.js';
import type { AcquireReply } from '../src/lease/acquire-reply.js';
import { type LeftBehind, type ScheduleEvent, scheduleHistory } from './history.js';
import { createLink, type Link } from './network.js';

/** What a schedule is made of. */
export interface ScheduleOptions {
  readonly seed: number;
  /** Connections are cut, requests and answers lost, processes stop for good. Without, first come is first served. */
  readonly faults: boolean;
  readonly bug?: ScriptBug;
  /** A bug outside of the scripts: the clocks of all processes run at half the speed of the server's. */
  readonly slowClocks?: boolean;
}

interface Holding {
  readonly lock: Lock;
  readonly resource: string;
  readonly holder: string;
}

interface Process {
  readonly link: Link;
  readonly locks: Locks;
  readonly held: Set<Holding>;
  readonly waits: Set<AbortController>;
  dead: boolean;
}

const steps = 70;

/** A server and its clock, for many schedules one after another. */
export interface SimulatedServer {
  readonly clock: ManualClock;
  driver(options: object): Driver;
}

/** Makes a server that scripts have to be loaded into once. */
export function simulatedServer(): SimulatedServer {
  const clock = createManualClock();
  const redis = createMemoryRedis({ clock, seed: 1 });
  return { clock, driver: (options) => redis.driver(options) };
}

/** Runs one seeded schedule of several processes on one server, then lets everything come to rest. */
export async function runSchedule(
  server: SimulatedServer,
  options: ScheduleOptions,
): Promise<{ readonly history: History<ScheduleEvent>; readonly left: LeftBehind }> {
  const random = seededRandom(options.seed);
  const { clock } = server;
  const history = scheduleHistory();
  let grants = 0;
  const rewrite = options.bug && plantedBug(options.bug);
  const drivers: Driver[] = [];
  const processes = [0, 1, 2].map((i): Process => {
    const inner = server.driver({ random: seededRandom(options.seed * 10 + i) });
    drivers.push(inner);
    const link = createLink(inner, {
      ...(rewrite && { rewrite }),
      witness: (command, answer) => witness(history, command, answer),
    });
    const driver = options.slowClocks ? { ...link.driver, clock: slowed(clock) } : link.driver;
    const locks = createLocks(driver, { ttl: 400, waitMs: 3000, deadlineMs: 1500 });
    return { link, locks, held: new Set(), waits: new Set(), dead: false };
  });

  for (let step = 0; step < steps; step++) {
    const process = pick(random, processes);
    await act(process, options.faults);
    await turn();
  }
  for (const { link } of processes) await link.release();
  const restMs = options.slowClocks ? 10_000 : 5000;
  // Whoever still waits is served meanwhile, and gives back soon: what is held on would only be extended, again and again.
  for (let restedMs = 0; restedMs <= restMs; restedMs += 500) {
    for (const process of processes) for (const entry of [...process.held]) end(process, entry);
    await clock.advance(500);
  }
  for (const process of processes) for (const entry of [...process.held]) end(process, entry);
  await clock.advance(1000);
  const left = { held: sum(processes, 'heldCount'), waiting: sum(processes, 'waitingCount') };
  await Promise.all(processes.map(({ locks }) => locks.close()));
  await clock.advance(90_000);
  const keys = await (drivers[0] as Driver).send({
    args: ['DBSIZE'],
    read: (reply) => Number(rawReply(reply)),
  });
  await Promise.all(drivers.map((driver) => driver.close()));
  return { history, left: { ...left, keys, timers: clock.armed } };

  async function act(process: Process, faults: boolean): Promise<void> {
    const { link } = process;
    link.held = true;
    const { requests, answers, pushes } = link.underWay;
    const roll = random.fraction();
    if (faults && roll < 0.02) return link.cut(random.fraction() < 0.5);
    if (faults && roll < 0.025) process.dead = true;
    if (roll < 0.15) return clock.advance(faults ? Math.ceil(random.fraction() * 300) : 1);
    if (roll < 0.3 && process.waits.size < 4) return start(process);
    if (roll < 0.35 && process.waits.size > 0) return pick(random, [...process.waits]).abort();
    if (roll < 0.5 && process.held.size > 0) return end(process, pick(random, [...process.held]));
    if (process.dead) return;
    const ready = [requests > 0 && 'request', answers > 0 && 'answer', pushes > 0 && 'push'].filter(Boolean);
    if (ready.length === 0) return;
    const what = pick(random, ready);
    if (what === 'request') await link.request();
    else if (what === 'answer') link.answer();
    else link.push();
  }

  function start(process: Process): void {
    const controller = new AbortController();
    process.waits.add(controller);
    const resource = random.fraction() < 0.7 ? 'hot' : 'warm';
    const { signal } = controller;
    const tries = random.fraction() < 0.2;
    const call = tries
      ? process.locks.tryAcquire(resource, { signal })
      : process.locks.acquire(resource, { signal });
    void call.then((outcome) => {
      process.waits.delete(controller);
      if (!outcome.ok) return;
      const { lock } = outcome;
      const entry: Holding = { lock, resource, holder: `${process.locks.id}-${grants++}` };
      history.note({ type: 'granted', resource, holder: entry.holder, fence: lock.fence });
      process.held.add(entry);
      const lost = (): void => {
        history.note({ type: 'ended', resource, holder: entry.holder });
        process.held.delete(entry);
      };
      if (lock.signal.aborted) lost();
      else lock.signal.addEventListener('abort', lost, { once: true });
    });
  }

  function end(process: Process, { lock, resource, holder }: Holding): void {
    for (const entry of process.held) if (entry.holder === holder) process.held.delete(entry);
    history.note({ type: 'ended', resource, holder });
    void lock.release();
  }
}

/** A clock that falls behind: what it calls a second lasts two. */
function slowed(clock: Clock): Clock {
  const start = clock.now();
  return {
    ...clock,
    monotonic: () => clock.monotonic() / 2,
    now: () => start + (clock.now() - start) / 2,
    timer: (delayMs, listener) => clock.timer(delayMs * 2, listener),
  };
}

/** Notes what the server decides, in its own order. */
function witness(history: History<ScheduleEvent>, command: Command<unknown>, answer: unknown): void {
  const name = command.script?.name;
  const keys = Number(command.args[2]);
  const args = command.args.slice(3) as string[];
  if (name === 'locks/mutex-extend') {
    for (const [i, extended] of (answer as number[]).entries())
      if (extended === 1)
        history.note({ type: 'extended', resource: args[i] as string, ticket: args[keys + 2 * i] as string });
  }
  if (name !== 'locks/mutex-acquire') return;
  const [resource, ticket, , way] = args as [string, string, string, string];
  const reply = answer as AcquireReply;
  if (reply.state === 'held') history.note({ type: 'served', resource, ticket, turn: reply.fence });
  else if (reply.state === 'waiting' && way !== '-' && reply.place > 0)
    history.note({ type: 'queued', resource, ticket });
}

function pick<T>(random: RandomSource, items: readonly T[]): T {
  return items[Math.floor(random.fraction() * items.length)] as T;
}

function sum(processes: readonly Process[], count: 'heldCount' | 'waitingCount'): number {
  return processes.reduce((total, { locks }) => total + locks[count], 0);
}

/** Lets promises go on; what waits for the event loop itself comes when the clock moves. */
async function turn(): Promise<void> {
  for (let i = 0; i < 12; i++) await Promise.resolve();
}
