import { type CallOptions, checkDriver, type Driver, InvalidArgumentError } from '@penknife/core';
import { type Ballot, type CampaignOptions, campaign } from './election/campaign.js';
import { lockKeys } from './keys.js';
import { acquireTarget, checkRun, runUnder, traced } from './lease/door.js';
import { Leases } from './lease/leases.js';
import type { Lock } from './lease/lock.js';
import { createLeavableAt } from './leavable-at.js';
import { tryAll, waitForAll } from './mutex/acquire-all.js';
import { inspectMutex } from './mutex/commands.js';
import { inspectionOf, type LockInspection } from './mutex/inspect.js';
import type { LockSet } from './mutex/lock-set.js';
import { MutexTarget } from './mutex/mutex-target.js';
import { createReentrancy } from './mutex/reentrancy.js';
import {
  type AcquireOptions,
  checkedCall,
  checkResource,
  type LocksOptions,
  resolveAcquire,
  resolveGraceMs,
  resolveLocks,
} from './options.js';
import type { AcquireOutcome, WithLockOutcome } from './outcome.js';
import { openReadWriteLock, type ReadWriteLock } from './shares/read-write-lock.js';
import { openSemaphore, type Semaphore, type SemaphoreOptions } from './shares/semaphore.js';

/** The locks of one process. Make one and keep it: it has one timer and, once something waited, one subscription. */
export interface Locks {
  /** Names this process to others, unless `owner` does. */
  readonly id: string;
  /** How many locks, permits and shares are held here. */
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
  /** Takes all of these resources at once, or none. One command; on a cluster one for each slot that they lie in. */
  tryAcquireAll(resources: readonly string[], options?: AcquireOptions): Promise<AcquireOutcome<LockSet>>;
  /**
   * Takes all of these resources, at most 100. When not all are free it waits for one after another in a canonical order,
   * and holds meanwhile what it has: two who take several that way never block each other for good.
   */
  acquireAll(resources: readonly string[], options?: AcquireOptions): Promise<AcquireOutcome<LockSet>>;
  /**
   * Runs for an office until the signal fires: whoever holds the lock of this name leads, and the next in line follows.
   * Resolves when it has handed over, which it does once `onElected` has returned; rejects with what that throws.
   */
  campaign(office: string, options: CampaignOptions): Promise<void>;
  /** Who holds it and who waits. One command; changes nothing. */
  inspect(resource: string, options?: CallOptions): Promise<LockInspection>;
  /** The semaphore of this name: at most so many at once. Sends nothing. A mutex of the same name is another thing. */
  semaphore(resource: string, options: SemaphoreOptions): Semaphore;
  /** The read-write lock of this name: many readers or one writer. Sends nothing. */
  readWriteLock(resource: string): ReadWriteLock;
  /**
   * For the end of a process: refuses newcomers, ends waits (`aborted`), lets holders finish for `graceMs` (default 0),
   * then fires the signals of the rest and releases them. Repeatable; resolves when nothing that takes, extends or
   * releases a lock is under way.
   */
  shutdown(options?: { readonly graceMs?: number }): Promise<void>;
  /** `shutdown` without grace. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Makes the locks of this process on a driver. Nothing is sent before the first acquisition.
 *
 * ```ts
 * const locks = createLocks(driver, { ttl: '30s' });
 * const done = await locks.withLock('invoice:42', async (lock) => bill(42, { fence: lock.fence, signal: lock.signal }));
 * ```
 */
export function createLocks(driver: Driver, options: LocksOptions = {}): Locks {
  checkDriver(driver);
  const resolved = resolveLocks(options);
  const keys = lockKeys.in(resolved.namespace);
  const leases = new Leases(driver, resolved, createLeavableAt(resolved.namespace));

  /** Not an async function: it is on the way of every lock, and a promise more is felt there. */
  function acquire(
    resource: string,
    given: AcquireOptions | undefined,
    waits: boolean,
  ): Promise<AcquireOutcome> {
    try {
      const target = new MutexTarget(resource, keys.mutex(checkResource(resource)));
      return acquireTarget(leases, resolved, target, given, waits);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  async function acquireAll(
    resources: readonly string[],
    given: AcquireOptions | undefined,
    waits: boolean,
  ): Promise<AcquireOutcome<LockSet>> {
    const targets = checkResources(resources)
      .map((resource) => new MutexTarget(resource, keys.mutex(resource)))
      .sort((a, b) => (a.key < b.key ? -1 : 1));
    const options = resolveAcquire(given, resolved);
    leases.refuseClosed();
    const parts = { driver, leases, owner: resolved.owner };
    const queues = waits && options.waitMs > 0;
    const take = queues ? waitForAll : tryAll;
    leases.underWay.begin();
    try {
      return await traced('several', queues, options, () => take(targets, options, parts));
    } finally {
      leases.underWay.end();
    }
  }

  const reentrancy = resolved.reentrant ? createReentrancy() : undefined;

  return {
    id: leases.tokens.processId,
    get heldCount() {
      return leases.held.size;
    },
    get waitingCount() {
      return leases.lines.size;
    },
    tryAcquire: (resource, given) => acquire(resource, given, false),
    acquire: (resource, given) => acquire(resource, given, true),
    async withLock(resource, run, given) {
      checkRun(run);
      const outer = reentrancy?.current(checkResource(resource));
      const signal = outer && resolveAcquire(given, resolved).signal;
      if (signal?.aborted) return { ok: false, reason: 'aborted', error: signal.reason };
      if (outer !== undefined) return { ok: true, value: await run(outer), heldThroughout: outer.held };
      const outcome = await acquire(resource, given, true);
      return runUnder(outcome, reentrancy === undefined ? run : (lock) => reentrancy.run(lock, run));
    },
    tryAcquireAll: (resources, given) => acquireAll(resources, given, false),
    acquireAll: (resources, given) => acquireAll(resources, given, true),
    async campaign(office, campaignOptions) {
      const ballot: Ballot = {
        acquire: (name, given) => acquire(name, given, true),
        closing: leases.closing,
        aborts: leases.aborts,
      };
      await campaign(driver, ballot, checkResource(office, 'office'), campaignOptions);
    },
    async inspect(resource, call) {
      const key = keys.mutex(checkResource(resource));
      try {
        return inspectionOf(await driver.send(inspectMutex(key), checkedCall(call)));
      } catch (error) {
        throw leases.keyError(error, { key });
      }
    },
    semaphore(resource, semaphoreOptions) {
      const name = checkResource(resource);
      const both = [keys.semaphore(name), keys.limit(name)] as const;
      return openSemaphore(driver, leases, resolved, name, both, semaphoreOptions);
    },
    readWriteLock: (resource) =>
      openReadWriteLock(driver, leases, resolved, checkResource(resource), keys.rw(resource)),
    async shutdown(given) {
      await leases.shutdown(resolveGraceMs(given));
    },
    close: () => leases.shutdown(0),
    [Symbol.asyncDispose]: () => leases.shutdown(0),
  };
}

/** The most resources that are taken together: one script stays far below a millisecond of the server's time. */
const mostTogether = 100;

function checkResources(resources: readonly string[]): readonly string[] {
  if (!Array.isArray(resources) || resources.length === 0 || resources.length > mostTogether)
    throw new InvalidArgumentError('resources', `must be a list of 1 to ${mostTogether} names`, resources);
  for (const resource of resources) checkResource(resource);
  if (new Set(resources).size < resources.length)
    throw new InvalidArgumentError('resources', 'must not name one resource twice', resources);
  return resources;
}
