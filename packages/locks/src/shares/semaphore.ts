import { type CallOptions, type Driver, InvalidArgumentError } from '@penknife/core';
import { acquireTarget, checkRun, runUnder } from '../lease/door.js';
import type { Leases } from '../lease/leases.js';
import type { Lock } from '../lease/lock.js';
import { type AcquireOptions, checkedCall, type ResolvedLocks } from '../options.js';
import type { AcquireOutcome, WithLockOutcome } from '../outcome.js';
import { inspectShares, resizeShares } from './commands.js';
import { type SharesInspection, sharesInspectionOf } from './inspect.js';
import { ShareTarget } from './share-target.js';

/** What a semaphore is. */
export interface SemaphoreOptions {
  /** How much may be held in sum: 1 to 1 000 000. All who use the semaphore should say the same; `resize` stands above it. */
  readonly permits: number;
}

/** What one acquisition of permits may say. */
export interface PermitOptions extends AcquireOptions {
  /** How many permits: 1 to the semaphore's `permits`. Default 1. */
  readonly weight?: number;
}

/**
 * At most so many at once. Every acquisition is a lease of its own, with the handle, the extension and the fence of a mutex.
 * First come, first served between processes: who wants much is not overtaken by those behind who want little. What is free
 * is counted from the leases that run, by the server's clock, so a lease that ended frees its permits exactly once.
 */
export interface Semaphore {
  /** Takes permits if they are free and nobody waits in front. One command. */
  tryAcquire(options?: PermitOptions): Promise<AcquireOutcome>;
  /** Takes permits, waiting in a queue for up to `waitMs`. */
  acquire(options?: PermitOptions): Promise<AcquireOutcome>;
  /** Acquires, runs, releases. What the function throws is thrown on, after the release. */
  withPermits<T>(run: (permit: Lock) => T | Promise<T>, options?: PermitOptions): Promise<WithLockOutcome<T>>;
  /**
   * Sets how much may be held, for every process and until it is set again; undefined: each one's `permits` again. Waiters
   * are served at once when it grows; when it shrinks, what is held stays held. Kept in a durable key.
   */
  resize(permits: number | undefined, options?: CallOptions): Promise<void>;
  /** Who holds how much, and who waits. One command; changes nothing. */
  inspect(options?: CallOptions): Promise<SharesInspection>;
}

const mostPermits = 1_000_000;

/** The semaphore of one resource. */
export function openSemaphore(
  driver: Driver,
  leases: Leases,
  defaults: ResolvedLocks,
  resource: string,
  keys: readonly [state: string, limit: string],
  options: SemaphoreOptions,
): Semaphore {
  const limit = checkPermits(options?.permits, 'permits', mostPermits);

  async function acquire(given: PermitOptions | undefined, waits: boolean): Promise<AcquireOutcome> {
    const weight = given?.weight === undefined ? 1 : checkPermits(given.weight, 'weight', limit);
    const target = new ShareTarget('semaphore', resource, keys, { weight, limit, first: false });
    return acquireTarget(leases, defaults, target, given, waits);
  }

  async function ask<T>(run: () => Promise<T>): Promise<T> {
    try {
      return await run();
    } catch (error) {
      throw leases.keyError(error, { key: keys[0], limitKey: keys[1] });
    }
  }

  return {
    tryAcquire: (given) => acquire(given, false),
    acquire: (given) => acquire(given, true),
    async withPermits(run, given) {
      checkRun(run);
      return runUnder(await acquire(given, true), run);
    },
    async resize(size, call) {
      const next = size === undefined ? 0 : checkPermits(size, 'permits', mostPermits);
      await ask(() => driver.send(resizeShares(keys, next, limit), checkedCall(call)));
    },
    inspect: (call) =>
      ask(async () => sharesInspectionOf(await driver.send(inspectShares(keys, limit), checkedCall(call)))),
  };
}

function checkPermits(value: number, argument: string, most: number): number {
  if (!Number.isSafeInteger(value) || value < 1 || value > most)
    throw new InvalidArgumentError(argument, `must be a whole number of 1 to ${most}`, value);
  return value;
}
