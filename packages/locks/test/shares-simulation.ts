import { type Driver, rawReply, seededRandom } from '@penknife/core';
import { plantedBug, type ScriptBug } from '@penknife/testing';
import { createLocks, type Lock, type Locks, type WriteLock } from '../src/index.js';
import { createLink, type Link } from './network.js';
import type { SimulatedServer } from './simulation.js';

/** What a schedule is made of. */
export interface SharesScheduleOptions {
  readonly seed: number;
  readonly bug?: ScriptBug;
}

interface Inside {
  readonly lock: Lock;
  readonly what: 'permit' | 'read' | 'write';
  readonly weight: number;
}

interface Process {
  readonly link: Link;
  readonly locks: Locks;
  readonly inside: Set<Inside>;
}

const steps = 60;
const permits = 3;

/** What a schedule did wrong, and how much it did. */
export interface SharesFindings {
  readonly complaints: readonly string[];
  readonly grants: number;
}

/**
 * Runs one seeded schedule of several processes on a semaphore and a read-write lock, with cuts, lost answers and stopped
 * processes, and watches from inside what its holders believe: they may believe too little, never too much.
 */
export async function runSharesSchedule(
  server: SimulatedServer,
  options: SharesScheduleOptions,
): Promise<SharesFindings> {
  const random = seededRandom(options.seed);
  const { clock } = server;
  const complaints: string[] = [];
  const fences: Record<string, bigint[]> = { permit: [], read: [], write: [] };
  const drivers: Driver[] = [];
  const rewrite = options.bug && plantedBug(options.bug);
  const processes = [0, 1, 2].map((i): Process => {
    const inner = server.driver({ random: seededRandom(options.seed * 10 + i) });
    drivers.push(inner);
    const link = createLink(inner, { ...(rewrite && { rewrite }) });
    const locks = createLocks(link.driver, { ttl: 400, waitMs: 3000, deadlineMs: 1500 });
    return { link, locks, inside: new Set() };
  });
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random.fraction() * items.length)] as T;

  for (let step = 0; step < steps; step++) {
    await act(pick(processes));
    await turn();
    look();
  }
  for (const { link } of processes) await link.release();
  for (let i = 0; i < 3; i++) {
    for (const process of processes) for (const entry of process.inside) void leave(process, entry);
    await clock.advance(3000);
    look();
  }
  const left = processes.reduce((sum, { locks }) => sum + locks.heldCount + locks.waitingCount, 0);
  if (left > 0) complaints.push(`${left} held or waiting at the end`);
  await Promise.all(processes.map(({ locks }) => locks.close()));
  await clock.advance(90_000);
  const count = { args: ['DBSIZE'] as const, read: (reply: unknown) => Number(rawReply(reply as never)) };
  const keys = await (drivers[0] as Driver).send(count);
  if (keys > 0) complaints.push(`${keys} keys at the end`);
  await Promise.all(drivers.map((driver) => driver.close()));
  if (clock.armed > 0) complaints.push(`${clock.armed} timers at the end`);
  for (const [what, minted] of Object.entries(fences))
    if (new Set(minted).size < minted.length) complaints.push(`a fence of ${what} was given twice`);
  return { complaints, grants: Object.values(fences).flat().length };

  async function act(process: Process): Promise<void> {
    const { link, inside } = process;
    link.held = true;
    const { requests, answers, pushes } = link.underWay;
    const roll = random.fraction();
    if (roll < 0.02) return link.cut(random.fraction() < 0.5);
    if (roll < 0.14) return clock.advance(Math.ceil(random.fraction() * 250));
    if (roll < 0.36) return start(process);
    const writers = [...inside].filter(({ what }) => what === 'write');
    if (roll < 0.41 && writers.length > 0) return downgrade(pick(writers));
    if (roll < 0.55 && inside.size > 0) return leave(process, pick([...inside]));
    const ready = [requests > 0 && 'request', answers > 0 && 'answer', pushes > 0 && 'push'].filter(Boolean);
    if (ready.length === 0) return;
    const what = pick(ready);
    if (what === 'request') await link.request();
    else if (what === 'answer') link.answer();
    else link.push();
  }

  function start(process: Process): void {
    const what = pick(['permit', 'permit', 'read', 'read', 'write'] as const);
    const weight = what === 'permit' ? pick([1, 1, 2, 3]) : 1;
    const { locks } = process;
    const door = what === 'permit' ? locks.semaphore('s', { permits }) : locks.readWriteLock('rw')[what];
    const tries = random.fraction() < 0.3;
    const given = what === 'permit' ? { weight } : {};
    void (tries ? door.tryAcquire(given) : door.acquire(given)).then((outcome) => {
      if (!outcome.ok) return;
      fences[what]?.push(outcome.lock.fence);
      process.inside.add({ lock: outcome.lock, what, weight });
      // Looked at right here: before anything else can happen, what was granted must be true.
      look();
    });
  }

  function downgrade({ lock }: Inside): void {
    void (lock as WriteLock).downgrade();
  }

  async function leave(process: Process, entry: Inside): Promise<void> {
    process.inside.delete(entry);
    void entry.lock.release();
  }

  /** What all who are inside believe at this moment, taken together. */
  function look(): void {
    const all = processes.flatMap(({ inside }) => [...inside]).filter(({ lock }) => lock.held);
    const sum = all.reduce((total, { what, weight }) => total + (what === 'permit' ? weight : 0), 0);
    if (sum > permits) complaints.push(`${sum} of ${permits} permits were held`);
    const writers = all.filter(({ lock, what }) => what === 'write' && (lock as WriteLock).mode === 'write');
    const readers = all.filter(({ what }) => what !== 'permit').length - writers.length;
    if (writers.length > 1) complaints.push(`${writers.length} wrote at once`);
    if (writers.length > 0 && readers > 0) complaints.push(`${readers} read while one wrote`);
  }
}

/** Lets promises go on; what waits for the event loop itself comes when the clock moves. */
async function turn(): Promise<void> {
  for (let i = 0; i < 12; i++) await Promise.resolve();
}
