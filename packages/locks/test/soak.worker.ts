import type { Command, Driver } from '@penknife/core';
import { workerDriver } from '@penknife/matrix/worker';
import { answerParent, machineTimeMs, plantedBug } from '@penknife/testing';
import { createLocks, fenced, type Lock } from '../src/index.js';
import type { HeldLock } from '../src/lease/held-lock.js';
import type { Claim } from './claims.js';
import { soonOver } from './eventually.js';

/** What one worker did and saw. */
export interface WorkerReport {
  /** How its locks are named to others. */
  readonly process: string;
  readonly claims: readonly Claim[];
  /** Acquisitions that gave no lock, by reason. */
  readonly refused: Readonly<Record<string, number>>;
  readonly heldCount: number;
  readonly waitingCount: number;
  /** The longest time for which this process did not run, in ms. */
  readonly longestStallMs: number;
}

/** The list that every holder writes its fence to, guarded by it. */
export const writtenKey = 'soak:{hot}:written';
const resource = 'hot';

/** What may be wrong in the script of an acquire. */
const bugs: Readonly<Record<string, { readonly right: string; readonly wrong: string }>> = {
  'a lock that is given away': {
    right: 'if state.till <= now then\n  changed',
    wrong: 'if true then\n  changed',
  },
  'newcomers who stand in front': {
    right: "state.waiters .. token .. way .. expiry .. string.format('%013.0f', now)",
    wrong: "token .. way .. expiry .. string.format('%013.0f', now) .. state.waiters",
  },
};

/** The driver, or one with the bug that the test wants to see found. */
function dressed(driver: Driver): Driver {
  const planted = process.env.LOCKS_PLANTED;
  if (planted === undefined) return driver;
  if (planted === 'timers that never fire')
    return { ...driver, clock: { ...driver.clock, timer: () => ({ cancel: () => undefined }) } };
  const bug = bugs[planted];
  if (bug === undefined) throw new Error(`no such bug: ${planted}`);
  const rewrite = plantedBug({ script: 'locks/mutex-acquire', ...bug });
  return { ...driver, send: (command, options) => driver.send(rewrite(command), options) };
}

const driver = workerDriver();
const ttl = Number(process.env.LOCKS_TTL_MS ?? 300);
const locks = createLocks(dressed(driver), { ttl, deadlineMs: 1000 });
const claims: Claim[] = [];
const refused: Record<string, number> = {};
let ending = false;
let kept: Lock | undefined;
let told: Promise<number> | undefined;

/** The guarded write of a holder, whatever it believes. */
async function write(fence: bigint): Promise<'applied' | 'refused' | 'unknown'> {
  const push: Command<number> = {
    args: ['RPUSH', writtenKey, fence.toString()],
    key: writtenKey,
    read: Number,
  };
  const outcome = await driver.send(fenced(push, fence), { deadlineMs: 1000 }).catch(() => undefined);
  if (outcome === undefined) return 'unknown';
  return outcome.applied ? 'applied' : 'refused';
}

/** Looks at the lock as its user would, and notes what it promises. */
function look(lock: Lock, claim: Claim): boolean {
  const nowMs = machineTimeMs();
  const leftMs = lock.remainingMs;
  if (leftMs <= 0) return false;
  claim.untilMs = nowMs + leftMs;
  return true;
}

async function hold(lock: Lock): Promise<void> {
  const nowMs = machineTimeMs();
  const claim: Claim = {
    holder: `${process.pid}-${lock.fence}`,
    fence: lock.fence,
    grantedAtMs: nowMs,
    untilMs: nowMs,
    endedAtMs: undefined,
    lost: false,
    beatsPastDeadline: 0,
  };
  lock.signal.addEventListener('abort', () => {
    claim.beatsPastDeadline = beatsPastDeadline(lock);
  });
  const looks = 1 + Math.floor(driver.random.fraction() * 4);
  if (look(lock, claim)) claims.push(claim);
  for (let i = 0; i < looks && look(lock, claim); i++) await driver.clock.sleep(1);
  // Nobody looks while it writes, which takes as long as a frozen server does: meanwhile the signal fires by itself.
  await write(lock.fence);
  look(lock, claim);
  claim.lost = !lock.held;
  claim.endedAtMs = machineTimeMs();
  await lock.release();
}

async function loop(): Promise<void> {
  while (!ending) {
    const outcome = await locks.acquire(resource, { waitMs: 2000 });
    if (outcome.ok) await hold(outcome.lock);
    else refused[outcome.reason] = (refused[outcome.reason] ?? 0) + 1;
  }
}

/** The last times, each a millisecond after the one before, at which this process ran: by a timer that is none of the locks'. */
const beats: number[] = [];
let longestStallMs = 0;
setInterval(() => {
  const nowMs = driver.clock.monotonic();
  longestStallMs = Math.max(longestStallMs, nowMs - (beats.at(-1) ?? nowMs));
  beats.push(nowMs);
  if (beats.length > 1000) beats.shift();
}, 1).unref();

function beatsPastDeadline(lock: Lock): number {
  return beats.filter((atMs) => atMs > (lock as HeldLock).deadlineMs).length;
}

const loops: Promise<void>[] = [];

const acts = {
  /** Begins to take the lock again and again. */
  start(): void {
    for (let i = 0; i < 2; i++) loops.push(loop());
  },
  /** How many grants there were up to now. */
  granted: (): number => claims.length,
  /** Ends that, and tells. */
  async report(): Promise<WorkerReport> {
    ending = true;
    await Promise.all(loops);
    const { id, heldCount, waitingCount } = locks;
    return { process: id, claims, refused, heldCount, waitingCount, longestStallMs };
  },
  close: (): Promise<void> => locks.close(),
  /** Takes a lock and keeps it. */
  async keep(): Promise<bigint> {
    const outcome = await locks.acquire(resource);
    if (!outcome.ok) throw new Error(outcome.reason);
    kept = outcome.lock;
    return kept.fence;
  },
  /** Takes a lock of a short lease, and keeps it. */
  async keepBriefly(): Promise<void> {
    const lock = await soonOver(() => locks.acquire(resource, { ttl: 100 }));
    kept = lock;
    told = new Promise((resolve) => {
      lock.signal.addEventListener('abort', () => resolve(beatsPastDeadline(lock)));
    });
  },
  /** Waits for the loss of that, and looks itself only when it is long overdue; how far past its deadline it was told. */
  async toldOfLoss(): Promise<number | undefined> {
    while (beatsPastDeadline(kept as Lock) < 30) await driver.clock.sleep(1);
    return kept?.held === false ? told : undefined;
  },
  /** What a holder finds that has just woken up. */
  async wake(): Promise<{ readonly asserted: string; readonly aborted: boolean; readonly written: string }> {
    let asserted = 'held';
    try {
      kept?.assertHeld();
    } catch (error) {
      asserted = (error as { code?: string }).code ?? String(error);
    }
    const aborted = kept?.signal.aborted === true;
    return { asserted, aborted, written: await write(kept?.fence ?? 0n) };
  },
};

/** For the types of the test. */
export type Acts = typeof acts;

answerParent(acts);
