import { type CallOptions, type Driver, defineTrace, durationMs } from '@penknife/core';
import { inspectMutex } from './commands.js';
import { inspectionOf, type LockInspection } from './inspect.js';
import type { Lock } from './mutex/lock.js';
import { Mutexes } from './mutex/mutexes.js';
import {
  type AcquireOptions,
  checkResource,
  type LocksOptions,
  type ResolvedAcquire,
  resolveAcquire,
  resolveLocks,
} from './options.js';
import type { AcquireOutcome, WithLockOutcome } from './outcome.js';

/** The locks of one process. Make one and keep it: it has one timer and, once something waited, one subscription. */
export interface Locks {
  /** Names this process to others, unless `owner` does. */
  readonly id: string;
  /** How many locks are held here. */
  readonly heldCount: number;
  /** How many acquisitions wait here. */
  readonly waitingCount: number;
  /** Takes the lock if nobody holds it and nobody waits in front. One command. */
  tryAcquire(resource: string, options?: AcquireOptions): Promise<AcquireOutcome>;
  /**
   * Takes the lock, waiting in a queue (first come, first served between processes) for up to `waitMs`. Whatever can be
   * expected is a value; it rejects for input that breaks a rule, foreign data at the key, missing rights, and after a close.
   */
  acquire(resource: string, options?: AcquireOptions): Promise<AcquireOutcome>;
  /**
   * Acquires, runs, releases. The function gets the lock, whose `signal` tells when to stop. What it throws is thrown on,
   * after the release.
   */
  withLock<T>(
    resource: string,
    run: (lock: Lock) => T | Promise<T>,
    options?: AcquireOptions,
  ): Promise<WithLockOutcome<T>>;
  /** Who holds it and who waits. One command; changes nothing. */
  inspect(resource: string, options?: CallOptions): Promise<LockInspection>;
  /**
   * For the end of a process: refuses newcomers, ends waits (`aborted`), lets holders finish for `graceMs` (default 0),
   * then fires the signals of the rest and releases them. Repeatable; resolves when nothing is under way.
   */
  shutdown(options?: { readonly graceMs?: number }): Promise<void>;
  /** `shutdown` without grace. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

const trace = defineTrace('locks.acquire');

/**
 * Makes the locks of this process on a driver. Nothing is sent before the first acquisition.
 *
 * ```ts
 * const locks = createLocks(driver, { ttl: '30s' });
 * const done = await locks.withLock('invoice:42', async (lock) => bill(42, { fence: lock.fence, signal: lock.signal }));
 * ```
 */
export function createLocks(driver: Driver, options: LocksOptions = {}): Locks {
  const resolved = resolveLocks(options);
  const mutexes = new Mutexes(driver, resolved);

  async function acquire(
    resource: string,
    given: AcquireOptions | undefined,
    waits: boolean,
  ): Promise<AcquireOutcome> {
    checkResource(resource);
    const options = resolveAcquire(given, resolved);
    mutexes.refuseClosed();
    return traced(waits && options.waitMs > 0, options, () =>
      waits && options.waitMs > 0 ? mutexes.wait(resource, options) : mutexes.try(resource, options),
    );
  }

  const locks: Locks = {
    id: mutexes.tokens.processId,
    get heldCount() {
      return mutexes.held.size;
    },
    get waitingCount() {
      return mutexes.lines.size;
    },
    tryAcquire: (resource, given) => acquire(resource, given, false),
    acquire: (resource, given) => acquire(resource, given, true),
    async withLock(resource, run, given) {
      const outcome = await acquire(resource, given, true);
      if (!outcome.ok) return outcome;
      const { lock } = outcome;
      try {
        const value = await run(lock);
        return { ok: true, value, heldThroughout: lock.held && (await lock.release()) !== 'lost' };
      } finally {
        await lock.release();
      }
    },
    async inspect(resource, call) {
      const key = mutexes.keyOf(checkResource(resource));
      try {
        return inspectionOf(await driver.send(inspectMutex(key), call));
      } catch (error) {
        throw mutexes.keyError(error, key);
      }
    },
    async shutdown({ graceMs = 0 } = {}) {
      await mutexes.shutdown(durationMs(graceMs, 'graceMs'));
    },
    close: () => mutexes.shutdown(0),
    [Symbol.asyncDispose]: () => mutexes.shutdown(0),
  };
  return locks;
}

/** Traces how an acquisition went, in a word: what it gave holds names of resources, and so may its errors. */
async function traced(
  waits: boolean,
  { ttlMs, waitMs }: ResolvedAcquire,
  run: () => Promise<AcquireOutcome>,
): Promise<AcquireOutcome> {
  let outcome: AcquireOutcome | undefined;
  let failure: unknown;
  await trace(
    () => ({ waits, ttlMs, waitMs }),
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
