import { defineTrace, InvalidArgumentError } from '@penknife/core';
import { type AcquireOptions, type ResolvedAcquire, type ResolvedLocks, resolveAcquire } from '../options.js';
import type { AcquireOutcome, WithLockOutcome } from '../outcome.js';
import type { Acquirable } from './acquirable.js';
import type { Leases } from './leases.js';
import type { Lock } from './lock.js';

/** The ways to get hold of one thing. All of them resolve to values for whatever can be expected. */
export interface Door<L extends Lock = Lock> {
  /** Takes it if that is possible at once and nobody waits in front. One command. */
  tryAcquire(options?: AcquireOptions): Promise<AcquireOutcome<L>>;
  /** Takes it, waiting in a queue for up to `waitMs`. */
  acquire(options?: AcquireOptions): Promise<AcquireOutcome<L>>;
  /** Acquires, runs, releases. What the function throws is thrown on, after the release. */
  withLock<T>(run: (lock: L) => T | Promise<T>, options?: AcquireOptions): Promise<WithLockOutcome<T>>;
}

const trace = defineTrace('locks.acquire');

/** Acquires a target on behalf of a caller: checks what was given, which may throw, then tries or waits. */
export function acquireTarget(
  leases: Leases,
  defaults: ResolvedLocks,
  target: Acquirable,
  given: AcquireOptions | undefined,
  waits: boolean,
): Promise<AcquireOutcome> {
  const options = resolveAcquire(given, defaults);
  leases.refuseClosed();
  const queues = waits && options.waitMs > 0;
  return traced(target.kind, queues, options, () =>
    queues ? leases.wait(target, options) : leases.try(target, options),
  );
}

/** Checks what is to run, before anything is acquired for it. */
export function checkRun(run: unknown): void {
  if (typeof run !== 'function') throw new InvalidArgumentError('run', 'must be a function', run);
}

/** Runs under what was acquired, then releases it. */
export async function runUnder<L extends Pick<Lock, 'held' | 'release'>, T>(
  outcome: AcquireOutcome<L>,
  run: (lock: L) => T | Promise<T>,
): Promise<WithLockOutcome<T>> {
  if (!outcome.ok) return outcome;
  const { lock } = outcome;
  try {
    const value = await run(lock);
    return { ok: true, value, heldThroughout: lock.held && (await lock.release()) === 'released' };
  } finally {
    await lock.release();
  }
}

/** The door to whatever `targetOf` names. `L` is what the target's handle is. */
export function openDoor<L extends Lock>(
  leases: Leases,
  defaults: ResolvedLocks,
  target: Acquirable,
): Door<L> {
  const acquire = async (given: AcquireOptions | undefined, waits: boolean): Promise<AcquireOutcome<L>> =>
    acquireTarget(leases, defaults, target, given, waits) as Promise<AcquireOutcome<L>>;
  return {
    tryAcquire: (given) => acquire(given, false),
    acquire: (given) => acquire(given, true),
    async withLock(run, given) {
      checkRun(run);
      return runUnder(await acquire(given, true), run);
    },
  };
}

/** Traces how an acquisition went, in a word: what it gave holds names of resources, and so may its errors. */
export function traced<L>(
  kind: string,
  waits: boolean,
  { ttlMs, waitMs }: ResolvedAcquire,
  run: () => Promise<AcquireOutcome<L>>,
): Promise<AcquireOutcome<L>> {
  return trace.listened ? told(kind, waits, { ttlMs, waitMs }, run) : run();
}

async function told<L>(
  kind: string,
  waits: boolean,
  { ttlMs, waitMs }: Pick<ResolvedAcquire, 'ttlMs' | 'waitMs'>,
  run: () => Promise<AcquireOutcome<L>>,
): Promise<AcquireOutcome<L>> {
  let outcome: AcquireOutcome<L> | undefined;
  let failure: unknown;
  await trace(
    () => ({ kind, waits, ttlMs, waitMs }),
    async () => {
      try {
        outcome = await run();
        return outcome.ok ? 'acquired' : outcome.reason;
      } catch (error) {
        failure = error;
        return 'failed';
      }
    },
  );
  if (outcome === undefined) throw failure;
  return outcome;
}
