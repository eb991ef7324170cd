import type { MatrixContext } from '@penknife/matrix';
import { expect, it } from 'vitest';
import { LockKeyError, type Locks, lockKeys, lockOrThrow, type Semaphore } from '../src/index.js';
import { eventually, held, soonOver } from './eventually.js';
import { close, processesOf, waiting } from './processes.js';

/** The behaviour of a semaphore, on whatever the context runs on. */
export function semaphoreSuite(context: MatrixContext): void {
  const keys = lockKeys.in('pk');
  const processes = processesOf(context);

  it('as many at once as there are permits, whatever they weigh; each with its own fence', async () => {
    const all = await processes(2);
    const [one, two] = all.map((locks) => locks.semaphore('s', { permits: 5 })) as [Semaphore, Semaphore];
    const first = await held(one.tryAcquire({ weight: 3 }));
    const second = await held(two.tryAcquire({ weight: 2 }));
    expect(second.fence).toBeGreaterThan(first.fence);
    expect(await two.tryAcquire()).toMatchObject({ ok: false, reason: 'held', holder: all[0]?.id });
    expect(await one.inspect()).toMatchObject({
      limit: 5,
      free: 0,
      holders: [
        { process: all[0]?.id, weight: 3, fence: first.fence },
        { process: all[1]?.id, weight: 2, fence: second.fence },
      ],
    });
    expect(await first.release()).toBe('released');
    expect(await one.tryAcquire({ weight: 4 })).toMatchObject({ ok: false });
    const third = await held(one.tryAcquire({ weight: 3 }));
    expect(third.fence).toBeGreaterThan(second.fence);
    third.assertHeld();
    await close(all);
  });

  it('a mutex, a semaphore and a read-write lock of one name are three things', async () => {
    const [locks] = (await processes(1)) as [Locks];
    await held(locks.tryAcquire('a'));
    await held(locks.semaphore('a', { permits: 1 }).tryAcquire());
    await held(locks.readWriteLock('a').write.tryAcquire());
    expect(locks.heldCount).toBe(3);
    await locks.close();
    expect((await locks.inspect('a')).holder).toBeUndefined();
  });

  it('first come, first served: who wants much is not overtaken by those behind who want little', async () => {
    const all = await processes(4);
    const semaphores = all.map((locks) => locks.semaphore('s', { permits: 4 })) as [
      Semaphore,
      ...Semaphore[],
    ];
    const [first, heavy, light, lighter] = semaphores as [Semaphore, Semaphore, Semaphore, Semaphore];
    const lock = await held(first.tryAcquire({ weight: 3 }));
    const order: string[] = [];
    const wait = (semaphore: Semaphore, name: string, weight: number) =>
      semaphore.withPermits(() => void order.push(name), { weight });
    const waits = [wait(heavy, 'heavy', 4)];
    await waiting(first, 1);
    waits.push(wait(light, 'light', 1));
    await waiting(first, 2);
    waits.push(wait(lighter, 'lighter', 1));
    await waiting(first, 3);
    // There is room for one of the light ones: they wait all the same, and nobody barges.
    expect(await first.tryAcquire()).toMatchObject({ ok: false, queuePosition: 3 });
    expect(order).toEqual([]);
    await lock.release();
    await Promise.all(waits);
    expect(order[0]).toBe('heavy');
    expect(order).toHaveLength(3);
    await close(all);
  });

  it('trap 14: what frees N permits wakes N who wait, at once', async () => {
    const all = await processes(4);
    const semaphores = all.map((locks) => locks.semaphore('s', { permits: 3 }));
    const [first, ...others] = semaphores as [Semaphore, ...Semaphore[]];
    const lock = await held(first.tryAcquire({ weight: 3 }));
    const waits = others.map((semaphore) => semaphore.acquire());
    await waiting(first, 3);
    await lock.release();
    const permits = (await Promise.all(waits)).map(lockOrThrow);
    expect(permits.every((permit) => permit.held)).toBe(true);
    expect(await first.inspect()).toMatchObject({ free: 0, waiting: [] });
    await close(all);
  });

  it('trap 14: the release of a lease that ended adds nothing', async () => {
    const all = await processes(2);
    const [one, two] = all.map((locks) => locks.semaphore('s', { permits: 1 })) as [Semaphore, Semaphore];
    await one.inspect();
    const old = await soonOver(() => one.tryAcquire({ ttl: 90, autoExtend: false }));
    await context.advance(95);
    const next = await held(two.tryAcquire());
    expect(next.fence).toBeGreaterThan(old.fence);
    expect(await old.release()).toBe('lost');
    await eventually('nothing is under way', async () => (await two.inspect()).free === 0);
    expect(await one.tryAcquire()).toMatchObject({ ok: false });
    expect(await next.release()).toBe('released');
    await close(all);
  });

  it('trap 14: resized while nothing is free: waiters are served when it grows, holders stay when it shrinks', async () => {
    const all = await processes(3);
    const [one, two, three] = all.map((locks) => locks.semaphore('s', { permits: 1 })) as [
      Semaphore,
      Semaphore,
      Semaphore,
    ];
    const lock = await held(one.tryAcquire());
    const waits = [two.acquire(), three.acquire()];
    await waiting(one, 2);
    await one.resize(3);
    const permits = (await Promise.all(waits)).map(lockOrThrow);
    expect(await two.inspect()).toMatchObject({ limit: 3, free: 0 });
    await one.resize(2);
    for (const permit of [lock, ...permits]) permit.assertHeld();
    expect(await two.inspect()).toMatchObject({ limit: 2, free: -1 });
    await lock.release();
    expect(await one.tryAcquire()).toMatchObject({ ok: false });
    await permits[0]?.release();
    await held(one.tryAcquire());
    // Until it is given up, the set size also stands above what a newcomer says.
    expect(await all[0]?.semaphore('s', { permits: 50 }).inspect()).toMatchObject({ limit: 2 });
    await one.resize(undefined);
    expect(await all[0]?.semaphore('s', { permits: 50 }).inspect()).toMatchObject({ limit: 50 });
    await close(all);
  });

  it('trap 14: given up, a set size serves those for whom there is room again', async () => {
    const all = await processes(3);
    const [one, two, three] = all.map((locks) => locks.semaphore('s', { permits: 3 })) as [
      Semaphore,
      Semaphore,
      Semaphore,
    ];
    await one.resize(1);
    await held(one.tryAcquire());
    const waits = [two.acquire(), three.acquire()];
    await waiting(one, 2);
    await one.resize(undefined);
    const permits = (await Promise.all(waits)).map(lockOrThrow);
    expect(permits.every((permit) => permit.held)).toBe(true);
    expect(await two.inspect()).toMatchObject({ limit: 3, free: 0, waiting: [] });
    await close(all);
  });

  it('a waiter at the head that gives up lets those behind it in', async () => {
    const all = await processes(3);
    const [one, two, three] = all.map((locks) => locks.semaphore('s', { permits: 2 })) as [
      Semaphore,
      Semaphore,
      Semaphore,
    ];
    await held(one.tryAcquire());
    const controller = new AbortController();
    const leaving = two.acquire({ weight: 2, signal: controller.signal });
    await waiting(one, 1);
    const staying = three.acquire();
    await waiting(one, 2);
    controller.abort('no longer');
    expect(await leaving).toMatchObject({ reason: 'aborted', error: 'no longer' });
    (await held(staying)).assertHeld();
    await close(all);
  });

  it('leases are extended one by one, and end one by one', async () => {
    const all = await processes(2);
    const [one, two] = all.map((locks) => locks.semaphore('s', { permits: 2 })) as [Semaphore, Semaphore];
    await two.inspect();
    const kept = await held(one.tryAcquire({ ttl: context.column.memory ? 240 : '10s' }));
    const left = await soonOver(() => two.tryAcquire({ ttl: 90, autoExtend: false }));
    await context.advance(95);
    expect(left.lostBecause).toBe('expired');
    // On memory longer than its lease; a real one that short would not outlive a machine that stands still.
    if (context.column.memory) await context.advance(190);
    kept.assertHeld();
    expect(await kept.extend()).toBe('extended');
    expect((await one.inspect()).holders).toMatchObject([{ fence: kept.fence }]);
    await context.admin('DEL', keys.semaphore('s'));
    expect(await kept.extend()).toBe('lost');
    expect(await context.admin('EXISTS', keys.semaphore('s'))).toBe(0);
    await close(all);
  });

  it('trap 18: an acquire that comes after it was given back takes nothing', async () => {
    const driver = await context.driver();
    const { acquireShare, leaveShares } = await import('../src/shares/commands.js');
    const key = keys.semaphore('s');
    const late = acquireShare(
      [key],
      'process01token01',
      60_000,
      '-',
      { weight: 1, limit: 1, first: false },
      undefined,
    );
    expect(await driver.send(leaveShares(key, 'process01token01'))).toBe(false);
    expect(await driver.send(late)).toEqual({ state: 'released' });
    const other = acquireShare(
      [key],
      'process01token02',
      60_000,
      '-',
      { weight: 1, limit: 1, first: false },
      'me',
    );
    const once = await driver.send(other);
    expect(once).toMatchObject({ state: 'held' });
    expect(await driver.send(other)).toEqual(once);
    // Also one that had a lease when a request under it was still on its way.
    expect(await driver.send(leaveShares(key, 'process01token02', true))).toBe(true);
    expect(await driver.send(other)).toEqual({ state: 'released' });
    await context.admin('DEL', key);
  });

  it('refuses bad input by name, and leaves foreign data alone', async () => {
    const [locks] = (await processes(1)) as [Locks];
    for (const permits of [0, -1, 1.5, 1_000_001, '3', undefined])
      expect(() => locks.semaphore('s', { permits } as never), String(permits)).toThrow(/permits must/);
    expect(() => locks.semaphore('', { permits: 1 })).toThrow(/resource must/);
    const semaphore = locks.semaphore('s', { permits: 2 });
    for (const weight of [0, 3, 0.5, Number.NaN, '1'])
      await expect(semaphore.acquire({ weight } as never)).rejects.toThrow(/weight must/);
    await expect(semaphore.resize(0)).rejects.toThrow(/permits must/);
    expect(await context.admin('EXISTS', keys.semaphore('s'))).toBe(0);
    await context.admin('SET', keys.semaphore('s'), 'precious');
    const calls = [
      () => semaphore.tryAcquire(),
      () => semaphore.acquire(),
      () => semaphore.inspect(),
      () => semaphore.resize(2),
    ];
    for (const call of calls) await expect(call()).rejects.toThrow(LockKeyError);
    expect(await context.admin('GET', keys.semaphore('s'))).toBe('precious');
    await context.admin('DEL', keys.semaphore('s'));
    await locks.close();
  });

  it('trap 19: data of others at the key of its limit is named, and left alone', async () => {
    const [locks] = (await processes(1)) as [Locks];
    const semaphore = locks.semaphore('s', { permits: 2 });
    const limitKey = keys.limit('s');
    await held(semaphore.tryAcquire());
    const calls = [
      () => semaphore.tryAcquire(),
      () => semaphore.acquire(),
      () => semaphore.inspect(),
      () => semaphore.resize(5),
      () => semaphore.resize(undefined),
    ];
    const refused = { code: 'LOCK_KEY', key: limitKey };
    for (const foreign of ['precious', '0', '007', '12345678', '-3']) {
      await context.admin('SET', limitKey, foreign);
      for (const call of calls) await expect(call(), foreign).rejects.toMatchObject(refused);
      expect(await context.admin('GET', limitKey)).toBe(foreign);
    }
    await context.admin('DEL', limitKey);
    await context.admin('RPUSH', limitKey, 'of', 'somebody');
    for (const call of calls) await expect(call()).rejects.toMatchObject(refused);
    expect(await context.admin('LLEN', limitKey)).toBe(2);
    await context.admin('DEL', limitKey);
    await semaphore.resize(1_000_000);
    expect(await semaphore.inspect()).toMatchObject({ limit: 1_000_000, holders: [{ weight: 1 }] });
    await semaphore.resize(undefined);
    await locks.close();
  });

  it('the state always has a TTL: the longest lease, and a minute for the fence', async () => {
    const [locks] = (await processes(1)) as [Locks];
    const semaphore = locks.semaphore('s', { permits: 2 });
    const ttlOf = async () => Number(await context.admin('PTTL', keys.semaphore('s')));
    await held(semaphore.tryAcquire({ ttl: '20s' }));
    const short = await held(semaphore.tryAcquire({ ttl: '5s' }));
    expect(await ttlOf()).toBeGreaterThan(75_000);
    await short.release();
    expect(await ttlOf()).toBeGreaterThan(75_000);
    expect(await ttlOf()).toBeLessThanOrEqual(80_000);
    await locks.shutdown();
    expect(await ttlOf()).toBeLessThanOrEqual(60_000);
  });

  it('five hundred leases and half as many who wait stay below the time that a server can spare', async () => {
    const driver = await context.driver();
    const { acquireShare, leaveShares } = await import('../src/shares/commands.js');
    const key = keys.semaphore('s');
    const token = (n: number): string => `process${String(n).padStart(9, '0')}`;
    const share = { weight: 1, limit: 1_000_000, first: false };
    // Written as the scripts would, in one go.
    const now = Number(await context.admin('TIME').then((time) => (time as string[])[0])) * 1000;
    const holders = Array.from({ length: 500 }, (_, n) => `${token(n)},1,${now + 60_000},${n + 1},someone;`);
    const waiters = Array.from({ length: 249 }, (_, n) => `${token(n + 2000)},p,1,${now + 60_000},${now};`);
    const text = `5000:1000000:${holders.join('')}:${waiters.join('')}:`;
    await context.admin('SET', key, text, 'PX', 60_000);
    expect(await driver.send(acquireShare([key], token(5000), 60_000, 'p', share, undefined))).toMatchObject({
      state: 'waiting',
      place: 250,
    });
    // Beyond what the queue holds one asks in intervals.
    expect(await driver.send(acquireShare([key], token(5001), 60_000, 'p', share, undefined))).toMatchObject({
      place: 0,
    });
    for (let n = 0; n < 5; n++) await driver.send(leaveShares(key, token(5000 + n)));
    await context.admin('DEL', key);
  });
}
