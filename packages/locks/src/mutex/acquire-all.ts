import {
  AbortedError,
  type CallOptions,
  type Clock,
  DeadlineError,
  type Driver,
  type PenknifeError,
  sentOf,
  slotOf,
} from '@penknife/core';
import { LockKeyError } from '../errors.js';
import { isNoAnswer } from '../lease/acknowledged-sender.js';
import type { Leases } from '../lease/leases.js';
import type { Lock } from '../lease/lock.js';
import { notBeyond } from '../lease/not-beyond.js';
import { momentOf, validityLeftMs } from '../lease/validity.js';
import { type ResolvedAcquire, usualDeadlineMs } from '../options.js';
import type { AcquireFailure, AcquireOutcome } from '../outcome.js';
import { inspectMutex, takeAllMutexes } from './commands.js';
import { type LockSet, lockSet } from './lock-set.js';
import type { MutexTarget } from './mutex-target.js';

/** Whose locks, and where. */
export interface AcquireAllParts {
  readonly driver: Driver;
  readonly leases: Leases;
  readonly owner: string | undefined;
}

/** When the wait is over. */
interface Until {
  readonly clock: Clock;
  readonly untilMs: number;
}

type Group = { readonly ok: true; readonly locks: readonly Lock[] } | AcquireFailure;

/**
 * Takes all of them at once or none, without waiting: one script on a single server. On a cluster one for each slot, in the
 * canonical order; when one fails, what was taken before is given back.
 */
export async function tryAll(
  targets: readonly MutexTarget[],
  options: ResolvedAcquire,
  parts: AcquireAllParts,
  untilMs: number = Number.POSITIVE_INFINITY,
): Promise<AcquireOutcome<LockSet>> {
  const until = { clock: parts.driver.clock, untilMs };
  const taken: Lock[] = [];
  for (const group of bySlot(targets, parts.driver.topology === 'cluster')) {
    const outcome = await takeGroup(group, options, parts, untilMs).catch((error: unknown) =>
      rethrown(taken, error, until),
    );
    if (!outcome.ok) return rolledBack(taken, outcome, until);
    taken.push(...outcome.locks);
  }
  return together(taken, options, parts, until);
}

/**
 * Waits for all of them. What is free is taken together; else they are taken one after another in the canonical order, each
 * through its queue: whoever takes several that way can never wait in a circle with another who does.
 */
export async function waitForAll(
  targets: readonly MutexTarget[],
  options: ResolvedAcquire,
  parts: AcquireAllParts,
): Promise<AcquireOutcome<LockSet>> {
  const { clock } = parts.driver;
  const untilMs = clock.monotonic() + options.waitMs;
  const until = { clock, untilMs };
  const atOnce = await tryAll(targets, options, parts, untilMs);
  // A server that was away for a moment is waited for, as by who wants one.
  if (atOnce.ok || atOnce.reason === 'aborted') return atOnce;
  const taken: Lock[] = [];
  for (const target of targets) {
    const waitMs = Math.max(1, Math.ceil(untilMs - clock.monotonic()));
    // Ends with the caller's signal, or the loss of one that was taken.
    const { signal, leave } = parts.leases.aborts.either([
      options.signal,
      ...taken.map((lock) => lock.signal),
    ]);
    const outcome = await parts.leases
      .wait(target, { ...options, waitMs, signal })
      .catch((error: unknown) => rethrown(taken, error, until))
      .finally(leave);
    if (!outcome.ok) return rolledBack(taken, failureAt(target, outcome, taken), until);
    taken.push(outcome.lock);
  }
  return together(taken, options, parts, until);
}

/** Why the wait for one of several ended in vain. */
export function failureAt(
  { resource }: Pick<MutexTarget, 'resource'>,
  failure: AcquireFailure,
  taken: readonly Pick<Lock, 'signal'>[],
): AcquireFailure {
  if (failure.reason === 'unavailable') return failure;
  // Others may be over by now too: it was the signal of one of them that ended the wait.
  const lost = failure.reason === 'aborted' && taken.find((lock) => lock.signal.reason === failure.error);
  if (lost) return { ok: false, reason: 'unavailable', error: lost.signal.reason as PenknifeError };
  return { ...failure, resource };
}

async function takeGroup(
  targets: readonly MutexTarget[],
  options: ResolvedAcquire,
  parts: AcquireAllParts,
  untilMs: number,
): Promise<Group> {
  const { driver, leases, owner } = parts;
  const { signal, ttlMs } = options;
  if (signal?.aborted) return { ok: false, reason: 'aborted', error: signal.reason };
  const tokens = targets.map(() => leases.tokens.next());
  const keys = targets.map(({ key }) => key);
  const giveBack = (late: boolean): void => {
    for (const [i, target] of targets.entries()) leases.giveBack(target, tokens[i] as string, ttlMs, late);
  };
  const startedAt = momentOf(driver.clock);
  try {
    const call = callUntil(untilMs, startedAt.monotonicMs, leases.call);
    const reply = await leases.give(
      takeAllMutexes(keys, tokens, ttlMs, owner),
      ({ state }) => state === 'held',
      { ...call, ...(signal && { signal }) },
    );
    if (reply.state === 'released') return { ok: false, reason: 'held' };
    if (reply.state === 'taken') {
      const { at, token, owner: name, leftMs } = reply;
      const seen = leases.seen({ state: 'waiting', token, owner: name, leftMs });
      return { ok: false, reason: 'held', ...seen, resource: (targets[at] as MutexTarget).resource };
    }
    if (validityLeftMs(startedAt, ttlMs, momentOf(driver.clock)) <= 0) {
      giveBack(false);
      return { ok: false, reason: 'unavailable', error: new DeadlineError(ttlMs) };
    }
    const locks = targets.map((target, i) =>
      leases.hold(target, tokens[i] as string, reply.fences[i] as bigint, options, startedAt),
    );
    return { ok: true, locks };
  } catch (error) {
    if (sentOf(error) === 'maybe') giveBack(true);
    if (error instanceof AbortedError) return { ok: false, reason: 'aborted', error: error.cause };
    if (isNoAnswer(error)) return { ok: false, reason: 'unavailable', error };
    throw await foreignOf(keys, error, parts);
  }
}

/** A request that takes no longer than others do, and is over when the wait is. */
function callUntil(untilMs: number, nowMs: number, call: CallOptions | undefined): CallOptions | undefined {
  const leftMs = Math.max(1, untilMs - nowMs);
  return leftMs < (call?.deadlineMs ?? usualDeadlineMs) ? { ...call, deadlineMs: leftMs } : call;
}

/** Names the key that holds other data: each is looked at, since the script that met it does not say. */
async function foreignOf(
  keys: readonly string[],
  error: unknown,
  { driver, leases }: AcquireAllParts,
): Promise<unknown> {
  const named = leases.keyError(error, { key: keys[0] as string });
  if (!(named instanceof LockKeyError)) return named;
  const looks = keys.map(async (key) => {
    const found: unknown = await driver.send(inspectMutex(key), leases.call).then(
      () => undefined,
      (thrown: unknown) => leases.keyError(thrown, { key }),
    );
    return found instanceof LockKeyError ? found : undefined;
  });
  const foreign = (await Promise.all(looks)).find((found) => found !== undefined);
  return foreign ?? named;
}

/** All were granted: unless meanwhile nobody wants them any more, or the first was lost while the last was waited for. */
async function together(
  taken: readonly Lock[],
  { signal }: ResolvedAcquire,
  { leases }: AcquireAllParts,
  until: Until,
): Promise<AcquireOutcome<LockSet>> {
  const set = lockSet(taken);
  if (signal?.aborted)
    return rolledBack(taken, { ok: false, reason: 'aborted', error: signal.reason }, until);
  if (leases.closing.aborted)
    return rolledBack(taken, { ok: false, reason: 'aborted', error: leases.closing.reason }, until);
  if (set.held) return { ok: true, lock: set };
  const error = set.signal.reason as PenknifeError;
  return rolledBack(taken, { ok: false, reason: 'unavailable', error }, until);
}

async function rolledBack<F extends AcquireFailure>(
  taken: readonly Lock[],
  failure: F,
  until: Until,
): Promise<F> {
  await giveUp(taken, until);
  return failure;
}

async function rethrown(taken: readonly Lock[], error: unknown, until: Until): Promise<never> {
  await giveUp(taken, until);
  throw error;
}

/**
 * Gives them back. That is waited for, so that who tries again at once does not meet his own; but not beyond the end of the
 * wait, when a server keeps silent.
 */
async function giveUp(taken: readonly Lock[], { clock, untilMs }: Until): Promise<void> {
  if (taken.length === 0) return;
  await notBeyond(untilMs, clock, Promise.all(taken.map((lock) => lock.release())));
}

function bySlot(targets: readonly MutexTarget[], cluster: boolean): MutexTarget[][] {
  if (!cluster) return [[...targets]];
  const groups = new Map<number, MutexTarget[]>();
  for (const target of targets) {
    const slot = slotOf(target.key);
    const group = groups.get(slot);
    if (group === undefined) groups.set(slot, [target]);
    else group.push(target);
  }
  return [...groups.values()];
}
