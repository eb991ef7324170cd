import type { MatrixContext } from '@penknife/matrix';
import { expect, it } from 'vitest';
import { createLocks, type Held, LockKeyError, LockLostError, lockKeys } from '../src/index.js';
import { eventually, held, queued, soonOver, undisturbed } from './eventually.js';

const long = '1h';

/** The behaviour of a mutex that nobody waits for, on whatever the context runs on. */
export function mutexSuite(context: MatrixContext): void {
  const keyOf = (resource: string) => lockKeys.in('pk').mutex(resource);

  it('one holds it, the others are told who and for how long', async () => {
    const one = createLocks(await context.driver(), { owner: 'host-1/worker' });
    const two = createLocks(await context.driver());
    const lock = await held(one.tryAcquire('a', { ttl: '30s' }));
    expect(lock.held).toBe(true);
    const refused = await two.tryAcquire('a');
    expect(refused).toMatchObject({ ok: false, reason: 'held', holder: 'host-1/worker', queuePosition: 0 });
    const { holderTtlMs = 0 } = refused as Held;
    expect(holderTtlMs).toBeGreaterThan(25_000);
    expect(holderTtlMs).toBeLessThanOrEqual(30_000);
    expect((await two.tryAcquire('b')).ok).toBe(true);
    expect(await lock.release()).toBe('released');
    expect((await two.tryAcquire('a')).ok).toBe(true);
    await Promise.all([one.close(), two.close()]);
  });

  it('a lock is not re-entrant: the same process is refused too, and told its own id', async () => {
    const locks = createLocks(await context.driver());
    await held(locks.tryAcquire('a'));
    expect(await locks.tryAcquire('a')).toMatchObject({ reason: 'held', holder: locks.id });
    await locks.close();
  });

  it('release is repeatable, and what was released is not held', async () => {
    const locks = createLocks(await context.driver());
    const lock = await held(locks.tryAcquire('a'));
    expect(await Promise.all([lock.release(), lock.release()])).toEqual(['released', 'released']);
    expect(lock).toMatchObject({ held: false, remainingMs: 0, lostBecause: 'released' });
    expect(lock.signal.aborted).toBe(false);
    expect(() => lock.assertHeld()).toThrow(LockLostError);
    await locks.close();
  });

  it('await using releases', async () => {
    const locks = createLocks(await context.driver());
    {
      await using lock = await held(locks.tryAcquire('a'));
      lock.assertHeld();
      expect((await locks.tryAcquire('a')).ok).toBe(false);
    }
    expect((await locks.tryAcquire('a')).ok).toBe(true);
    await locks.close();
  });

  it('withLock runs under the lock and releases, also when the function throws', async () => {
    const locks = createLocks(await context.driver());
    const outcome = await locks.withLock('a', async (lock) => {
      lock.assertHeld();
      return (await locks.tryAcquire('a')).ok;
    });
    expect(outcome).toEqual({ ok: true, value: false, heldThroughout: true });
    const failure = new Error('of the user');
    await expect(locks.withLock('a', () => Promise.reject(failure))).rejects.toBe(failure);
    const lock = await held(locks.tryAcquire('a'));
    expect(await locks.withLock('a', () => 1, { waitMs: 0 })).toMatchObject({ ok: false, reason: 'held' });
    await lock.release();
    await locks.close();
  });

  it('a lease that is not extended ends by itself, and the handle says so before the server', async () => {
    const [one, two] = [createLocks(await context.driver()), createLocks(await context.driver())];
    // The first command connects, which on a cluster may take longer than the lease.
    await Promise.all([one.inspect('a'), two.inspect('a')]);
    const lock = await soonOver(() => one.tryAcquire('a', { ttl: 95, autoExtend: false }));
    const { signal } = lock;
    expect(lock.remainingMs).toBeLessThanOrEqual(93);
    await context.advance(100);
    await eventually('the handle says so', () => signal.aborted);
    expect(signal.reason).toMatchObject({ code: 'LOCK_LOST', reason: 'expired', resource: 'a' });
    expect(() => lock.assertHeld()).toThrow(LockLostError);
    expect(lock).toMatchObject({ held: false, remainingMs: 0, lostBecause: 'expired' });
    const next = await soonOver(() => two.tryAcquire('a', { ttl: long }));
    expect(await lock.release()).toBe('lost');
    next.assertHeld();
    expect(await two.inspect('a')).toMatchObject({ holder: { process: two.id, fence: next.fence } });
    await Promise.all([one.close(), two.close()]);
  });

  it('leases are extended while the handle lives, and the fence stays', async () => {
    const locks = createLocks(await context.driver(), { ttl: 80 });
    await undisturbed(async (attempt) => {
      const lock = await soonOver(() => locks.tryAcquire(`a${attempt}`));
      const { fence, signal } = lock;
      // Longer than the lease.
      await context.advance(95);
      lock.assertHeld();
      expect(signal.aborted).toBe(false);
      expect((await locks.inspect(`a${attempt}`)).holder).toMatchObject({ fence, process: locks.id });
      expect(await lock.extend()).toBe('extended');
      expect(lock.fence).toBe(fence);
      expect(await lock.release()).toBe('released');
      expect(await lock.extend()).toBe('lost');
    });
    await locks.close();
  });

  it('trap 6: an extension never takes a lock anew', async () => {
    const locks = createLocks(await context.driver());
    const lock = await held(locks.tryAcquire('a', { ttl: long }));
    await context.admin('DEL', keyOf('a'));
    expect(await lock.extend()).toBe('lost');
    expect(await context.admin('EXISTS', keyOf('a'))).toBe(0);
    expect(lock.lostBecause).toBe('refused');
    await locks.close();
  });

  it('trap 15: the fence rises from holder to holder, belongs to the handle, and survives a lost state', async () => {
    const [one, two] = [createLocks(await context.driver()), createLocks(await context.driver())];
    const fences: bigint[] = [];
    for (const locks of [one, two, one, one, two]) {
      const lock = await held(locks.tryAcquire('a'));
      fences.push(lock.fence);
      await lock.release();
      expect(lock.fence).toBe(fences.at(-1));
    }
    await context.admin('FLUSHALL');
    await context.advance(1);
    fences.push((await held(two.tryAcquire('a'))).fence);
    expect(fences).toEqual([...fences].sort((a, b) => (a < b ? -1 : 1)));
    expect(new Set(fences).size).toBe(fences.length);
    await Promise.all([one.close(), two.close()]);
  });

  it('trap 18: an acquire that comes after it was given back takes nothing, alone or with others', async () => {
    const driver = await context.driver();
    const { acquireMutex, leaveMutex, takeAllMutexes } = await import('../src/mutex/commands.js');
    const key = keyOf('a');
    const token = (n: number): string => `process01token${String(n).padStart(2, '0')}`;
    expect(await driver.send(leaveMutex(key, token(1)))).toBe(false);
    expect(await driver.send(acquireMutex(key, token(1), 60_000, '-', undefined))).toEqual({
      state: 'released',
    });
    expect(await driver.send(acquireMutex(key, token(1), 60_000, 'p', undefined))).toEqual({
      state: 'released',
    });
    expect(await driver.send(takeAllMutexes([key], [token(1)], 60_000, undefined))).toEqual({
      state: 'released',
    });
    // Also one that had a lease, or a place, when a request under it was still on its way.
    const twice = (n: number, way: '-' | 'p') => acquireMutex(key, token(n), 60_000, way, undefined);
    expect(await driver.send(twice(61, '-'))).toMatchObject({ state: 'held' });
    expect(await driver.send(twice(62, 'p'))).toMatchObject({ state: 'waiting', place: 1 });
    expect(await driver.send(leaveMutex(key, token(62), true))).toBe(false);
    expect(await driver.send(leaveMutex(key, token(61), true))).toBe(true);
    expect(await driver.send(leaveMutex(key, token(61), true))).toBe(false);
    expect(await driver.send(twice(63, '-'))).toMatchObject({ state: 'held' });
    expect(await driver.send(leaveMutex(key, token(63)))).toBe(true);
    for (const n of [61, 62]) expect(await driver.send(twice(n, 'p'))).toEqual({ state: 'released' });
    // Also while somebody holds it, and however many are given back: no more than so many are remembered.
    const locks = createLocks(driver, { ttl: '1h' });
    const lock = await held(locks.tryAcquire('a'));
    for (let n = 2; n < 60; n++) await driver.send(leaveMutex(key, token(n)));
    const state = String(await context.admin('GET', key));
    expect(state.length).toBeLessThan(33 * 43 + 60);
    expect(await driver.send(acquireMutex(key, token(59), 60_000, '-', undefined))).toEqual({
      state: 'released',
    });
    expect(await locks.inspect('a')).toMatchObject({ holder: { process: locks.id }, waiting: [] });
    // They stand in nobody's way, and count for nothing.
    const other = createLocks(await context.driver(), { ttl: '1h' });
    expect(await other.tryAcquire('a')).toMatchObject({ reason: 'held', queuePosition: 0 });
    const waiting = other.acquire('a');
    await queued(locks, 'a', 1);
    expect(await locks.tryAcquire('a')).toMatchObject({ reason: 'held', queuePosition: 1 });
    expect(await lock.release()).toBe('released');
    expect(await (await held(waiting)).release()).toBe('released');
    const next = await held(locks.tryAcquire('a'));
    expect(next.fence).toBeGreaterThan(lock.fence);
    await Promise.all([locks.close(), other.close()]);
    await context.admin('DEL', key);
  });

  it('trap 19: foreign data at the key is a clear error and stays untouched', async () => {
    const locks = createLocks(await context.driver());
    await context.admin('RPUSH', keyOf('list'), 'precious');
    await context.admin('SET', keyOf('text'), 'precious');
    for (const resource of ['list', 'text']) {
      await expect(locks.tryAcquire(resource)).rejects.toThrow(LockKeyError);
      await expect(locks.acquire(resource)).rejects.toMatchObject({ code: 'LOCK_KEY' });
      await expect(locks.inspect(resource)).rejects.toMatchObject({ key: keyOf(resource) });
    }
    expect(await context.admin('LRANGE', keyOf('list'), 0, -1)).toEqual(['precious']);
    expect(await context.admin('GET', keyOf('text'))).toBe('precious');
    const lock = await held(locks.tryAcquire('a'));
    await context.admin('SET', keyOf('a'), 'overwritten');
    expect(await lock.extend()).toBe('lost');
    expect(await lock.release()).toBe('lost');
    expect(await context.admin('GET', keyOf('a'))).toBe('overwritten');
    await context.admin('DEL', keyOf('list'), keyOf('list'));
    await context.admin('DEL', keyOf('text'));
    await context.admin('DEL', keyOf('a'));
    await locks.close();
  });

  it('resources never meet: colons, braces, newlines, lone surrogates', async () => {
    const locks = createLocks(await context.driver());
    for (const resource of [
      'a',
      'a:b',
      '{a}',
      'a}',
      'a\nb',
      ' ',
      '*',
      'é',
      '\ud800',
      '\ud801',
      'x'.repeat(9000),
    ])
      expect((await locks.tryAcquire(resource)).ok, resource).toBe(true);
    expect(locks.heldCount).toBe(11);
    await locks.shutdown();
    expect(locks.heldCount).toBe(0);
  });

  it('refuses bad input by name, before anything is sent', async () => {
    const driver = await context.driver();
    const options = [
      { ttl: 49 },
      { ttl: '8d' },
      { waitMs: -1 },
      { waitMs: 0.5 },
      { ttl: 1000, maxHoldMs: 999 },
    ];
    for (const bad of [...options, { owner: 'a b' }, { owner: '' }, { deadlineMs: 0 }, { namespace: 'a b' }])
      expect(() => createLocks(driver, bad as never), JSON.stringify(bad)).toThrow(/must/);
    const locks = createLocks(driver);
    for (const bad of [...options, { autoExtend: 1 }, { signal: {} }, { ttl: Number.NaN }]) {
      const call = locks.acquire('a', bad as never);
      await expect(call, JSON.stringify(bad)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    }
    for (const bad of ['', 7, undefined, 'x'.repeat(10_001)])
      await expect(locks.tryAcquire(bad as never)).rejects.toMatchObject({ argument: 'resource' });
    for (const bad of [undefined, {}, { sendCommand: () => undefined }])
      expect(() => createLocks(bad as never)).toThrow(/^driver must be a driver/);
    await expect(locks.withLock('a', undefined as never)).rejects.toMatchObject({ argument: 'run' });
    expect(() => locks.semaphore('a', undefined as never)).toThrow(/^permits must/);
    await expect(locks.campaign('a', undefined as never)).rejects.toMatchObject({ argument: 'onElected' });
    const { withPermits } = locks.semaphore('a', { permits: 1 });
    await expect(withPermits(7 as never)).rejects.toMatchObject({ argument: 'run' });
    await expect(locks.readWriteLock('a').read.withLock(7 as never)).rejects.toMatchObject({
      argument: 'run',
    });
    expect(await context.admin('EXISTS', keyOf('a'))).toBe(0);
  });

  it('the state always has a TTL: the lease, and a minute for the fence', async () => {
    const locks = createLocks(await context.driver());
    const lock = await held(locks.tryAcquire('a', { ttl: '20s' }));
    expect(Number(await context.admin('PTTL', keyOf('a')))).toBeGreaterThan(75_000);
    expect(Number(await context.admin('PTTL', keyOf('a')))).toBeLessThanOrEqual(80_000);
    await lock.release();
    expect(Number(await context.admin('PTTL', keyOf('a')))).toBeLessThanOrEqual(60_000);
    await locks.close();
  });

  it('shutdown tells the holders, releases what they held, and refuses newcomers', async () => {
    const [one, two] = [createLocks(await context.driver()), createLocks(await context.driver())];
    const lock = await held(one.tryAcquire('a', { ttl: long }));
    const { signal } = lock;
    await one.shutdown();
    expect(signal.reason).toMatchObject({ reason: 'shutdown' });
    expect(await lock.release()).toBe('lost');
    expect((await two.tryAcquire('a')).ok).toBe(true);
    await expect(one.tryAcquire('b')).rejects.toMatchObject({ code: 'CLOSED' });
    await expect(one.acquire('b')).rejects.toMatchObject({ code: 'CLOSED' });
    await Promise.all([one.close(), two.close()]);
  });

  it('shutdown lets holders finish within the grace', async () => {
    const locks = createLocks(await context.driver());
    const lock = await held(locks.tryAcquire('a'));
    const ending = locks.shutdown({ graceMs: 60_000 });
    lock.assertHeld();
    expect(await lock.release()).toBe('released');
    await ending;
    expect(lock.lostBecause).toBe('released');
  });
}
