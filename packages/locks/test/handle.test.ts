import type { Driver } from '@penknife/core';
import * as memory from '@penknife/driver-memory';
import { beforeEach, describe, expect, it } from 'vitest';
import { createFenceGuard, LockLostError } from '../src/index.js';
import { held } from './eventually.js';
import { createStage, type Stage } from './stage.js';

const available = 'createMemoryRedis' in memory;

/** On memory alone: these stories need an hour, a frozen server or a stopped process. */
describe.skipIf(!available)('a handle that never lies', () => {
  let stage: Stage;
  beforeEach(() => {
    stage = createStage();
  });

  it('fires its signal before the lease ends, whether or not the server answers', async () => {
    const { locks, link } = stage.actor({ ttl: 1000 });
    const lock = await held(locks.tryAcquire('a'));
    const { signal } = lock;
    link.held = true;
    await stage.clock.advance(987);
    expect(lock).toMatchObject({ held: true, remainingMs: 1 });
    await stage.clock.advance(1);
    expect(signal.aborted).toBe(true);
    expect(lock).toMatchObject({ held: false, remainingMs: 0, lostBecause: 'expired' });
    // Extensions that were under way arrive when the server thaws: too late to make it held again.
    await link.release();
    await stage.settle();
    expect(() => lock.assertHeld()).toThrow(LockLostError);
    expect(await stage.strike()).toBe(0);
  });

  it('an extension that was lost is tried again within the validity', async () => {
    const { locks, link } = stage.actor({ ttl: 3000 });
    const lock = await held(locks.tryAcquire('a'));
    link.held = true;
    await stage.clock.advance(1001);
    expect(link.underWay.requests).toBe(1);
    await link.cut(false);
    link.held = false;
    await stage.clock.advance(9000);
    lock.assertHeld();
    expect(await lock.release()).toBe('released');
    expect(await stage.strike()).toBe(0);
  });

  it('notices a stalled event loop before any timer fires', async () => {
    let skewMs = 0;
    const { locks } = stage.actor({ ttl: 1000 }, (driver) => ({
      ...driver,
      clock: { ...stage.clock, monotonic: () => stage.clock.monotonic() + skewMs },
    }));
    const lock = await held(locks.tryAcquire('a'));
    const { signal } = lock;
    skewMs = 995;
    expect(signal.aborted).toBe(false);
    expect(() => lock.assertHeld()).toThrow(/not confirmed in time/);
    expect(signal.aborted).toBe(true);
    expect(locks.heldCount).toBe(0);
    await stage.strike();
  });

  it('fires its signal in time though the process stood still between reading the clock and arming its timer', async () => {
    let stoodStillMs = 0;
    let stalls = 0;
    const { locks } = stage.actor({ ttl: 1000, autoExtend: false }, (driver) => ({
      ...driver,
      clock: {
        ...stage.clock,
        monotonic: () => stage.clock.monotonic() + stoodStillMs,
        timer(delayMs, listener) {
          if (stalls++ < 2) stoodStillMs += 300;
          return stage.clock.timer(delayMs, listener);
        },
      },
    }));
    const lock = await held(locks.tryAcquire('a'));
    let told = false;
    lock.signal.addEventListener('abort', () => {
      told = true;
    });
    await stage.clock.advance(387);
    expect(told).toBe(false);
    await stage.clock.advance(1);
    expect(told).toBe(true);
    expect(await stage.strike()).toBe(0);
  });

  it('notices a machine that slept: the monotonic clock stood still, the wall clock did not', async () => {
    const { locks } = stage.actor({ ttl: '30s' });
    const lock = await held(locks.tryAcquire('a'));
    const guard = createFenceGuard();
    stage.clock.setNow(stage.clock.now() + 60_000);
    const next = await held(stage.actor().locks.tryAcquire('a'));
    guard.admit(next.fence);
    expect(() => lock.assertHeld()).toThrow(LockLostError);
    expect(lock.signal.aborted).toBe(true);
    expect(guard.admit(lock.fence)).toBe(false);
    await stage.strike();
  });

  it('trap 4: a wall clock that is set back, or is wrong from the start, changes nothing', async () => {
    const wrong = (driver: Driver): Driver => ({
      ...driver,
      clock: { ...stage.clock, now: () => stage.clock.now() - 7_200_000 },
    });
    const one = stage.actor({ ttl: 3000 }, wrong);
    const two = stage.actor({ ttl: 3000 });
    const lock = await held(one.locks.tryAcquire('a'));
    await stage.clock.advance(7000);
    lock.assertHeld();
    const waiting = two.locks.acquire('a', { waitMs: 60_000 });
    await stage.settle();
    const late = one.locks.acquire('a', { waitMs: 60_000 });
    await stage.settle();
    await lock.release();
    const second = await held(waiting);
    expect((await one.locks.inspect('a')).waiting).toMatchObject([{ process: one.locks.id }]);
    await second.release();
    await (await held(late)).release();
    expect(await stage.strike()).toBe(0);
  });

  it('trap 9: a grant whose answer comes after its validity is refused, and given back', async () => {
    const { locks, link } = stage.actor({ ttl: 100 });
    link.held = true;
    const trying = locks.tryAcquire('a');
    await link.request();
    await stage.clock.advance(98);
    link.answer();
    await stage.settle();
    expect(await trying).toMatchObject({ ok: false, reason: 'unavailable' });
    await link.release();
    await stage.settle();
    expect((await locks.tryAcquire('a')).ok).toBe(true);
    expect(await stage.strike()).toBe(0);
  });

  it('maxHoldMs ends the extensions, and then the lock, on both sides', async () => {
    const { locks, calls } = stage.actor({ ttl: 900, maxHoldMs: 2000 });
    const other = stage.actor();
    const lock = await held(locks.tryAcquire('a'));
    const { signal } = lock;
    await stage.clock.advance(1950);
    lock.assertHeld();
    await stage.clock.advance(40);
    expect(signal.reason).toMatchObject({ reason: 'max-hold' });
    await stage.clock.advance(10);
    expect((await other.locks.tryAcquire('a')).ok).toBe(true);
    expect(calls.filter((name) => name === 'locks/mutex-extend').length).toBeLessThan(12);
    expect(await stage.strike()).toBe(0);
  });

  it('an extension during which the cap comes too near takes nothing away', async () => {
    let passedMs = 0;
    let eachLookMs = 0;
    const { locks } = stage.actor({ ttl: 900, maxHoldMs: 2000, autoExtend: false }, (driver) => ({
      ...driver,
      clock: {
        ...stage.clock,
        monotonic() {
          passedMs += eachLookMs;
          return stage.clock.monotonic() + passedMs;
        },
      },
    }));
    const lock = await held(locks.tryAcquire('a'));
    for (const ms of [850, 800, 332]) {
      await stage.clock.advance(ms);
      if (ms > 332) expect(await lock.extend()).toBe('extended');
    }
    // At 1982 ms, with 3 ms between one look at the clock and the next.
    eachLookMs = 3;
    const extending = lock.extend();
    eachLookMs = 0;
    await extending;
    lock.assertHeld();
    expect((await stage.actor().locks.tryAcquire('a')).ok).toBe(false);
    expect(await stage.strike()).toBe(0);
  });

  it('trap 5: an extension under way does not outlive the release', async () => {
    const { locks, link } = stage.actor({ ttl: 900 });
    const lock = await held(locks.tryAcquire('a'));
    link.held = true;
    await stage.clock.advance(301);
    expect(link.underWay.requests).toBe(1);
    const releasing = lock.release();
    expect(lock).toMatchObject({ held: false, remainingMs: 0 });
    await link.release();
    expect(await releasing).toBe('released');
    const other = stage.actor();
    expect((await other.locks.tryAcquire('a')).ok).toBe(true);
    expect(lock.lostBecause).toBe('released');
    expect(lock.signal.aborted).toBe(false);
    expect(await stage.strike()).toBe(0);
  });

  it('one round of extensions serves many locks: 1000 held for a minute cost less than 20 commands a second', async () => {
    const { locks, calls } = stage.actor({ ttl: '30s' });
    for (let i = 0; i < 1000; i++) {
      await held(locks.tryAcquire(`lock-${i}`));
      if (i % 100 === 0) await stage.clock.advance(1000);
    }
    calls.length = 0;
    await stage.clock.advance(60_000);
    expect(locks.heldCount).toBe(1000);
    expect(calls.every((name) => name === 'locks/mutex-extend')).toBe(true);
    // 60 s, a round every 10 s, 100 locks a script, and at most one more round for those of another age.
    expect(calls.length).toBeGreaterThanOrEqual(60);
    expect(calls.length).toBeLessThanOrEqual(140);
    expect(await stage.strike()).toBe(0);
  });

  it('who waits costs 3 commands for up to 5 s, and one more for every 5 s after, however many leases pass', async () => {
    const holder = stage.actor({ ttl: '30s' });
    const waiter = stage.actor({ ttl: '30s', waitMs: 600_000 });
    await (await held(waiter.locks.acquire('warm'))).release();
    for (const holdMs of [0, 4900, 5100, 14_900, 61_000]) {
      const lock = await held(holder.locks.tryAcquire('a'));
      waiter.calls.length = 0;
      const waiting = waiter.locks.acquire('a');
      await stage.clock.advance(holdMs);
      await lock.release();
      await stage.settle();
      await (await held(waiting)).release();
      const expected = ['locks/mutex-acquire', 'locks/mutex-acquire', 'locks/mutex-leave'];
      for (let more = 0; more < Math.floor(holdMs / 5000); more++) expected.unshift('locks/mutex-acquire');
      expect(waiter.calls, String(holdMs)).toEqual(expected);
    }
    expect(await stage.strike()).toBe(0);
  });

  it('trap 17: the shortest lease does not spin', async () => {
    const { locks, calls } = stage.actor({ ttl: 50 });
    const lock = await held(locks.tryAcquire('a'));
    await stage.clock.advance(1000);
    lock.assertHeld();
    expect(calls.length).toBeLessThan(70);
    await lock.release();
    const after = calls.length;
    await stage.clock.advance(1000);
    expect(calls.length).toBe(after);
    expect(await stage.strike()).toBe(0);
  });

  it("trap 17: a lost lock's release is one quiet try that does not hide the user's error", async () => {
    const { locks, link, calls } = stage.actor({ ttl: 200 });
    const failure = new Error('of the user');
    const work = locks.withLock('a', async (lock) => {
      link.held = true;
      await new Promise((resolve) => lock.signal.addEventListener('abort', resolve));
      throw failure;
    });
    await stage.settle();
    const failed = expect(work).rejects.toBe(failure);
    await stage.clock.advance(200);
    await failed;
    const before = calls.length;
    await link.release();
    await stage.settle();
    expect(calls.slice(before).filter((name) => name === 'locks/mutex-leave')).toHaveLength(1);
    expect(await stage.strike()).toBe(0);
  });

  it('withLock says when the lock was lost under way', async () => {
    const { locks, link } = stage.actor({ ttl: 200 });
    const work = locks.withLock('a', async ({ signal }) => {
      link.held = true;
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      return 'done';
    });
    await stage.settle();
    await stage.clock.advance(200);
    expect(await work).toEqual({ ok: true, value: 'done', heldThroughout: false });
    expect(await stage.strike()).toBe(0);
  });
});
