import {
  backoffMs,
  ClosedError,
  checkDriver,
  checkObject,
  type Driver,
  durationMs,
  InvalidArgumentError,
} from '@penknife/core';
import { AbortWatch } from '../lease/abort-watch.js';
import { checkRun, runUnder, traced } from '../lease/door.js';
import type { Locks } from '../locks.js';
import {
  type AcquireOptions,
  checkResource,
  type LocksOptions,
  type ResolvedAcquire,
  resolveAcquire,
  resolveGraceMs,
  resolveLocks,
} from '../options.js';
import type { AcquireOutcome } from '../outcome.js';
import { Quorum } from './quorum.js';

/** How locks on a majority are made. */
export interface QuorumLocksOptions
  extends Pick<LocksOptions, 'namespace' | 'ttl' | 'waitMs' | 'autoExtend' | 'maxHoldMs' | 'owner'> {
  /** How long one server may take to answer, in ms; at most a fifth of the lease. Default: a twentieth of it, 10 to 500. */
  readonly nodeTimeoutMs?: number;
}

/** Mutexes that a majority of independent servers agree on: the part of `Locks` that needs no queue. */
export type QuorumLocks = Pick<
  Locks,
  | 'id'
  | 'heldCount'
  | 'waitingCount'
  | 'tryAcquire'
  | 'acquire'
  | 'withLock'
  | 'shutdown'
  | 'close'
  | typeof Symbol.asyncDispose
>;

const retry = { baseMs: 20, maxMs: 400, jitter: 'equal' } as const;

/**
 * Makes locks on several independent servers, of which a majority has to agree (Redlock, with what was wrong with it put
 * right): all are asked at once with a short deadline each; the outcome is known as soon as a majority agrees or no longer
 * can; what all that took is taken from the lease; what a failed try took is given back everywhere before the next; fences
 * rise by agreement while the servers remember the last one, for a minute after a release; after that by their clocks alone. Survives the loss of a minority. An even number of servers is allowed and warned of: it
 * survives no more than one less does. A server that lost its data must stay away for as long as the longest lease.
 *
 * Nobody queues: who waits tries again in random intervals, so there is no order among waiters.
 * Source: antirez, "Distributed Locks with Redis"; M. Kleppmann, "How to do distributed locking".
 */
export function createQuorumLocks(drivers: readonly Driver[], options: QuorumLocksOptions = {}): QuorumLocks {
  const [first, ...others] = checkDrivers(drivers);
  checkObject('options', options);
  // Whoever asks for these by whatever means must not believe to have them.
  for (const name of ['ack', 'reentrant', 'deadlineMs']) {
    const given: unknown = Reflect.get(options, name);
    if (given !== undefined) throw new InvalidArgumentError(name, 'is no option of a quorum', given);
  }
  const { nodeTimeoutMs, ...rest } = options;
  const resolved = resolveLocks(rest);
  const nodeTimeoutOf = nodeTimeouts(nodeTimeoutMs, resolved.ttlMs);
  const quorum = new Quorum([first, ...others], resolved, nodeTimeoutOf);
  const { clock, random } = first;
  const aborts = new AbortWatch();
  let waiting = 0;

  async function acquire(
    resource: string,
    given: AcquireOptions | undefined,
    waits: boolean,
  ): Promise<AcquireOutcome> {
    checkResource(resource);
    const resolvedOptions = resolveAcquire(given, resolved);
    if (quorum.closing.aborted) throw new ClosedError('locks');
    const queues = waits && resolvedOptions.waitMs > 0;
    return traced('quorum', queues, resolvedOptions, () =>
      queues ? wait(resource, resolvedOptions) : quorum.try(resource, resolvedOptions),
    );
  }

  async function wait(resource: string, wanted: ResolvedAcquire): Promise<AcquireOutcome> {
    const untilMs = clock.monotonic() + wanted.waitMs;
    waiting++;
    const { signal, leave } = aborts.either([wanted.signal, quorum.closing]);
    let held: AcquireOutcome | undefined;
    try {
      for (let tries = 1; ; tries++) {
        const leftAtFirstMs = untilMs - clock.monotonic();
        const outcome = await quorum.try(resource, { ...wanted, signal }, untilMs);
        if (outcome.ok || outcome.reason === 'aborted') return outcome;
        const leftMs = untilMs - clock.monotonic();
        // A try that the end of the wait cut short of its time says nothing of the nodes: what was known before stands.
        const cut = leftMs < 1 && leftAtFirstMs < nodeTimeoutOf(wanted.ttlMs);
        if (outcome.reason === 'held') held = { ...outcome, reason: 'timeout' };
        else if (!cut) held = undefined;
        const pauseMs = Math.min(leftMs, backoffMs(retry, tries, random));
        if (pauseMs > 0) await clock.sleep(pauseMs, signal).catch(() => undefined);
        if (signal.aborted) return { ok: false, reason: 'aborted', error: signal.reason };
        // With no time left a node would not be heard in time either.
        if (clock.monotonic() >= untilMs) return held ?? outcome;
      }
    } finally {
      leave();
      waiting--;
    }
  }

  return {
    id: quorum.tokens.processId,
    get heldCount() {
      return quorum.held.size;
    },
    get waitingCount() {
      return waiting;
    },
    tryAcquire: (resource, given) => acquire(resource, given, false),
    acquire: (resource, given) => acquire(resource, given, true),
    async withLock(resource, run, given) {
      checkRun(run);
      return runUnder(await acquire(resource, given, true), run);
    },
    async shutdown(given) {
      await quorum.shutdown(resolveGraceMs(given));
    },
    close: () => quorum.shutdown(0),
    [Symbol.asyncDispose]: () => quorum.shutdown(0),
  };
}

function checkDrivers(drivers: readonly Driver[]): readonly [Driver, ...Driver[]] {
  const [first, ...others] = Array.isArray(drivers) ? drivers : [];
  if (first === undefined || others.length > 14)
    throw new InvalidArgumentError('drivers', 'must be a list of 1 to 15 drivers', drivers?.length);
  for (const driver of drivers) checkDriver(driver, 'drivers');
  if (new Set(drivers).size < drivers.length)
    throw new InvalidArgumentError('drivers', 'must be of different servers', drivers.length);
  if (drivers.some(({ topology }) => topology === 'cluster'))
    throw new InvalidArgumentError('drivers', 'must each be of one server: a cluster is not', 'cluster');
  if (drivers.length % 2 === 0)
    process.emitWarning(
      `a quorum of ${drivers.length} servers survives no more failures than one of ${drivers.length - 1}`,
      { code: 'PENKNIFE_EVEN_QUORUM' },
    );
  return [first, ...others];
}

function nodeTimeouts(given: number | undefined, ttlMs: number): (ttlMs: number) => number {
  if (given === undefined) return (leaseMs) => Math.min(500, Math.max(10, Math.floor(leaseMs / 20)));
  const most = Math.floor(ttlMs / 5);
  const checked = durationMs(given, 'nodeTimeoutMs', { minMs: 1, maxMs: most });
  return (leaseMs) => Math.max(1, Math.min(checked, Math.floor(leaseMs / 5)));
}
