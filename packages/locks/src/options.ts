import {
  type CallOptions,
  checkCall,
  checkObject,
  type Duration,
  defaultNamespace,
  durationMs,
  InvalidArgumentError,
} from '@penknife/core';

/** The shortest lease: below it a slow reply alone would lose the lock. */
const smallestTtlMs = 50;
/** How long a request may take where the driver's own deadline does not count and nobody says, in ms. */
export const usualDeadlineMs = 5000;

/** How locks are made. Each call may say otherwise where `AcquireOptions` has the same name. */
export interface LocksOptions {
  /** First part of every key and channel. Default `'pk'`. */
  readonly namespace?: string;
  /** The lease: how long the server keeps a lock whose holder went silent. At least 50 ms; default 30 s. */
  readonly ttl?: Duration;
  /** How long `acquire` and `withLock` wait, in ms. Default 10 000. */
  readonly waitMs?: number;
  /** Whether leases are extended while the handle lives. Default true. */
  readonly autoExtend?: boolean;
  /** Cap on the total hold time in ms, at least the lease. Default: none. */
  readonly maxHoldMs?: number;
  /** How long one request may take, in ms. Default: the driver's; for extensions, and with `ack`, 5000. */
  readonly deadlineMs?: number;
  /** A name for this process, shown to others: 1 to 64 letters, digits, `_.@/-`. Default: a random id. */
  readonly owner?: string;
  /**
   * `withLock` inside of a `withLock` of the same resource, in the same chain of calls, runs under the lock that is held.
   * Default false: it waits for itself.
   */
  readonly reentrant?: boolean;
  /**
   * Counts a grant and an extension only when this many replicas acknowledged it within `timeoutMs`; else the grant is given
   * back (`unavailable`), and the extension is tried again. Makes losing a lock in a failover less likely, not impossible: a
   * replica that had not acknowledged may be promoted. Costs a round trip more each, on connections of their own.
   */
  readonly ack?: Acknowledgement;
}

/** How many replicas must have a write, and how long that may take. */
export interface Acknowledgement {
  /** 1 to 100. */
  readonly replicas: number;
  /** At least 1 ms; below a third of the lease, or an extension could not be repeated. */
  readonly timeoutMs: number;
}

/** What one acquisition may say. */
export interface AcquireOptions {
  readonly ttl?: Duration;
  /** How long to wait, in ms; 0: only try. `tryAcquire` never waits. */
  readonly waitMs?: number;
  readonly signal?: AbortSignal;
  readonly autoExtend?: boolean;
  readonly maxHoldMs?: number;
}

/** Options of one acquisition with everything decided. */
export interface ResolvedAcquire {
  readonly ttlMs: number;
  readonly waitMs: number;
  readonly autoExtend: boolean;
  readonly maxHoldMs: number;
  readonly signal: AbortSignal | undefined;
}

/** Options of a `Locks` with everything decided; as they are, they are those of an acquisition that says nothing else. */
export interface ResolvedLocks extends ResolvedAcquire {
  readonly namespace: string;
  readonly deadlineMs: number | undefined;
  readonly owner: string | undefined;
  readonly reentrant: boolean;
  readonly ack: Acknowledgement | undefined;
}

const longestTtlMs = 7 * 86_400_000;
const ownerRule = /^[A-Za-z0-9_.@/-]{1,64}$/;

/** Resolves the options once; throws `InvalidArgumentError`. */
export function resolveLocks(options: LocksOptions): ResolvedLocks {
  checkObject('options', options);
  const { namespace = defaultNamespace, deadlineMs, owner, reentrant = false, ack } = options;
  if (owner !== undefined && (typeof owner !== 'string' || !ownerRule.test(owner))) {
    throw new InvalidArgumentError(
      'owner',
      'must be 1 to 64 letters, digits, `_`, `.`, `@`, `/` or `-`',
      owner,
    );
  }
  const callMs = deadlineMs === undefined ? undefined : durationMs(deadlineMs, 'deadlineMs', { minMs: 1 });
  const base = {
    ttlMs: 30_000,
    waitMs: 10_000,
    autoExtend: true,
    maxHoldMs: Number.POSITIVE_INFINITY,
    signal: undefined,
  };
  const acquire = { ...resolveAcquire(options, base), signal: undefined };
  if (typeof reentrant !== 'boolean')
    throw new InvalidArgumentError('reentrant', 'must be true or false', reentrant);
  const acknowledged = ack === undefined ? undefined : resolveAcknowledgement(ack, acquire.ttlMs);
  return { ...acquire, namespace, deadlineMs: callMs, owner, reentrant, ack: acknowledged };
}

/** Resolves the options of one acquisition over those of its `Locks`; throws `InvalidArgumentError`. */
export function resolveAcquire(options: AcquireOptions | undefined, base: ResolvedAcquire): ResolvedAcquire {
  if (options === undefined) return base;
  checkObject('options', options);
  const { ttl, waitMs, autoExtend = base.autoExtend, maxHoldMs, signal } = options;
  const ttlMs =
    ttl === undefined ? base.ttlMs : durationMs(ttl, 'ttl', { minMs: smallestTtlMs, maxMs: longestTtlMs });
  // A cap meant for longer leases still caps a shorter one; only a cap that is given together with a lease is checked against it.
  const cap = maxHoldMs === undefined ? base.maxHoldMs : durationMs(maxHoldMs, 'maxHoldMs', { minMs: ttlMs });
  if (typeof autoExtend !== 'boolean')
    throw new InvalidArgumentError('autoExtend', 'must be true or false', autoExtend);
  checkSignal(signal);
  return {
    ttlMs: Math.min(ttlMs, cap),
    waitMs: waitMs === undefined ? base.waitMs : durationMs(waitMs, 'waitMs'),
    autoExtend,
    maxHoldMs: cap,
    signal,
  };
}

function resolveAcknowledgement(ack: Acknowledgement, ttlMs: number): Acknowledgement {
  checkObject('ack', ack);
  const { replicas, timeoutMs } = ack;
  if (!Number.isSafeInteger(replicas) || replicas < 1 || replicas > 100)
    throw new InvalidArgumentError('ack.replicas', 'must be a whole number of 1 to 100', replicas);
  const maxMs = Math.floor(ttlMs / 3);
  return { replicas, timeoutMs: durationMs(timeoutMs, 'ack.timeoutMs', { minMs: 1, maxMs }) };
}

/** How one request is to be made, checked. */
export function checkedCall(call: CallOptions | undefined): CallOptions | undefined {
  checkCall(call);
  return call;
}

function checkSignal(signal: unknown): void {
  if (signal !== undefined && !(signal instanceof AbortSignal))
    throw new InvalidArgumentError('signal', 'must be an AbortSignal', signal);
}

/** Checks how a shutdown is to go; gives the grace. */
export function resolveGraceMs(options: { readonly graceMs?: number } | undefined): number {
  if (options === undefined) return 0;
  checkObject('options', options);
  return options.graceMs === undefined ? 0 : durationMs(options.graceMs, 'graceMs');
}

/** Checks the name of what is locked: any string that is not empty, of at most 10 000 characters. */
export function checkResource(resource: string, argument = 'resource'): string {
  if (typeof resource !== 'string' || resource.length === 0 || resource.length > 10_000) {
    throw new InvalidArgumentError(argument, 'must be a string of 1 to 10 000 characters', resource);
  }
  return resource;
}
