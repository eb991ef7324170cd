import { InvalidArgumentError } from '@penknife/core';
import type { ExtendOutcome, Lock, ReleaseOutcome } from '../lease/lock.js';

/**
 * Several locks that are held together: as good as the worst of them. Lost as soon as one is lost; what is left then stays
 * held until `release`.
 */
export interface LockSet extends AsyncDisposable {
  /** In the canonical order. */
  readonly locks: readonly Lock[];
  /** Fires when the first of them is lost (reason: `LockLostError`, which names it). */
  readonly signal: AbortSignal;
  readonly held: boolean;
  /** How long all of them are surely held, in ms. */
  readonly remainingMs: number;
  /** The fence of one resource; throws `InvalidArgumentError` for a resource that is not among them. */
  fenceOf(resource: string): bigint;
  /** Throws `LockLostError` unless all are held now. */
  assertHeld(): void;
  /** Extends all of them now. `lost` when one was. */
  extend(): Promise<ExtendOutcome>;
  /** Gives back each one that is still held, whatever became of the others. `lost` when one was. Repeatable. */
  release(): Promise<ReleaseOutcome>;
  /** The same, told one by one. */
  releaseEach(): Promise<ReadonlyMap<string, ReleaseOutcome>>;
}

/** Makes one of locks that were all granted. */
export function lockSet(locks: readonly Lock[]): LockSet {
  let signal: AbortSignal | undefined;
  const set: LockSet = {
    locks,
    get signal() {
      signal ??= AbortSignal.any(locks.map((lock) => lock.signal));
      // Each is looked at: a deadline may have passed that no timer has told of.
      for (const lock of locks) void lock.held;
      return signal;
    },
    get held() {
      return locks.every((lock) => lock.held);
    },
    get remainingMs() {
      return Math.min(...locks.map((lock) => lock.remainingMs));
    },
    fenceOf(resource) {
      const found = locks.find((lock) => lock.resource === resource);
      if (found === undefined)
        throw new InvalidArgumentError('resource', 'must be one that this set holds', resource);
      return found.fence;
    },
    assertHeld() {
      for (const lock of locks) lock.assertHeld();
    },
    extend: async () => worst(await Promise.all(locks.map((lock) => lock.extend())), 'extended'),
    release: async () => worst([...(await set.releaseEach()).values()], 'released'),
    async releaseEach() {
      const each = locks.map(async (lock) => [lock.resource, await lock.release()] as const);
      return new Map(await Promise.all(each));
    },
    async [Symbol.asyncDispose]() {
      await set.releaseEach();
    },
  };
  return set;
}

function worst<Best extends string>(
  outcomes: readonly (Best | 'lost' | 'unknown')[],
  best: Best,
): Best | 'lost' | 'unknown' {
  if (outcomes.includes('lost')) return 'lost';
  return outcomes.includes('unknown') ? 'unknown' : best;
}
