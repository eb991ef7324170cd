import type { Command, Driver, PenknifeError } from '@penknife/core';
import { describe, expectTypeOf, it } from 'vitest';
import {
  type AcquireOutcome,
  createLocks,
  type FencedOutcome,
  fenced,
  type HolderSeen,
  type Lock,
  lockOrThrow,
  type WithLockOutcome,
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
