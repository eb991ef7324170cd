import type { Command, Driver, PenknifeError } from '@penknife/core';
import { describe, expectTypeOf, it } from 'vitest';
import {
  type AcquireOutcome,
  createLocks,
  createQuorumLocks,
  type FencedOutcome,
  fenced,
  type HolderSeen,
  type Lock,
  type LockSet,
  lockOrThrow,
  type WithLockOutcome,
  type WriteLock,
} from '../src/index.js';

declare const driver: Driver;
declare const outcome: AcquireOutcome;
declare const command: Command<number>;

describe('types', () => {
  it('an outcome guides by `ok`, then by `reason`', () => {
    expectTypeOf(createLocks(driver).acquire('a')).resolves.toEqualTypeOf<AcquireOutcome>();
    if (outcome.ok) {
      expectTypeOf(outcome.lock).toEqualTypeOf<Lock>();
      return;
    }
    expectTypeOf(outcome.reason).toEqualTypeOf<'held' | 'timeout' | 'aborted' | 'unavailable'>();
    // @ts-expect-error there is no lock to use before `ok` was looked at
    outcome.lock;
    if (outcome.reason === 'unavailable') expectTypeOf(outcome.error).toEqualTypeOf<PenknifeError>();
    else expectTypeOf(outcome).toExtend<HolderSeen>();
  });

  it('withLock carries the type of the function', () => {
    const locks = createLocks(driver);
    expectTypeOf(locks.withLock('a', () => 7)).resolves.toEqualTypeOf<WithLockOutcome<number>>();
    expectTypeOf(locks.withLock('a', async ({ fence }) => fence)).resolves.toEqualTypeOf<
      WithLockOutcome<bigint>
    >();
  });

  it('every door gives the handle of its kind', () => {
    const locks = createLocks(driver);
    const { read, write } = locks.readWriteLock('a');
    expectTypeOf(write.acquire()).resolves.toEqualTypeOf<AcquireOutcome<WriteLock>>();
    expectTypeOf(read.acquire()).resolves.toEqualTypeOf<AcquireOutcome<Lock>>();
    expectTypeOf(locks.acquireAll(['a'])).resolves.toEqualTypeOf<AcquireOutcome<LockSet>>();
    expectTypeOf(lockOrThrow<WriteLock>).returns.toEqualTypeOf<WriteLock>();
    // @ts-expect-error a reader cannot be downgraded
    void read.withLock((lock) => lock.downgrade());
    // @ts-expect-error a semaphore has permits
    locks.semaphore('a', {});
    expectTypeOf(createQuorumLocks([driver])).toExtend<AsyncDisposable>();
    // @ts-expect-error a quorum has no queue to look into
    createQuorumLocks([driver]).inspect('a');
  });

  it('durations, fences and guards are typed', () => {
    createLocks(driver, { ttl: '30s' });
    // @ts-expect-error a unit is missing
    createLocks(driver, { ttl: '30' });
    expectTypeOf(lockOrThrow(outcome)).toExtend<AsyncDisposable>();
    expectTypeOf(fenced(command, 1n)).toEqualTypeOf<Command<FencedOutcome<number>>>();
    // @ts-expect-error a fence is a bigint
    fenced(command, 1);
  });
});
