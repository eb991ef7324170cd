import type { MatrixContext } from '@penknife/matrix';
import { expect, it } from 'vitest';
import { createLocks, type Locks, lockKeys } from '../src/index.js';
import { wakeChannel } from '../src/keys.js';
import { eventually, held, queued, undisturbed } from './eventually.js';
import { close, processesOf } from './processes.js';

/** The queue of a mutex, on whatever the context runs on. */
export function waitingSuite(context: MatrixContext): void {
  const keyOf = (resource: string) => lockKeys.in('pk').mutex(resource);
  const processes = processesOf(context);

  it('a release hands over in the order of arrival', async () => {
    const all = await processes(5);
    const [first, ...others] = all as [Locks, ...Locks[]];
    const lock = await held(first.acquire('a'));
    const order: number[] = [];
    const fences = [lock.fence];
    const waits: Promise<void>[] = [];
    for (const [i, locks] of others.entries()) {
      waits.push(
        locks.acquire('a').then(async (outcome) => {
          if (!outcome.ok) throw new Error(outcome.reason);
          order.push(i);
          fences.push(outcome.lock.fence);
          await outcome.lock.release();
        }),
      );
      await queued(first, 'a', i + 1);
    }
    expect(await first.inspect('a')).toMatchObject({
      holder: { process: first.id, fence: lock.fence },
      waiting: others.map(({ id }) => ({ process: id })),
    });
    await lock.release();
    await Promise.all(waits);
    expect(order).toEqual([0, 1, 2, 3]);
    expect(fences).toEqual([...fences].sort((a, b) => (a < b ? -1 : 1)));
    await close(all);
  });

  it('nobody barges: a try is refused while others wait, also in the moment of the hand-over', async () => {
    const all = await processes(2);
    const [first, second] = all as [Locks, Locks];
    const lock = await held(first.acquire('a'));
    const waiting = second.acquire('a');
    await queued(first, 'a', 1);
    expect(await first.tryAcquire('a')).toMatchObject({ reason: 'held', holder: first.id, queuePosition: 1 });
    const [, barging] = await Promise.all([lock.release(), first.tryAcquire('a')]);
    expect(barging).toMatchObject({ ok: false, reason: 'held', holder: second.id });
    expect(await waiting).toMatchObject({ ok: true });
    await close(all);
  });

  it('waiters of one process stand in one line; only its head is known to the server', async () => {
    const all = await processes(2);
    const [first, second] = all as [Locks, Locks];
    const lock = await held(first.acquire('a'));
    const order: number[] = [];
    const waits = Array.from({ length: 20 }, (_, i) => second.withLock('a', () => order.push(i)));
    await queued(first, 'a', 1);
    expect(second.waitingCount).toBe(20);
    expect((await first.inspect('a')).waiting).toHaveLength(1);
    await lock.release();
    await Promise.all(waits);
    expect(order).toEqual(Array.from({ length: 20 }, (_, i) => i));
    expect(second.waitingCount).toBe(0);
    await close(all);
  });

  it('a wait that ends in vain says why, and leaves nothing in the queue', async () => {
    const all = await processes(2);
    const [first, second] = all as [Locks, Locks];
    await held(first.acquire('a'));
    await (await held(second.acquire('warm'))).release();
    await undisturbed(async () => {
      const waiting = second.acquire('a', { waitMs: 90 });
      await context.advance(95);
      // Who had no answer within the time was not refused: unavailable, where the machine stood still.
      expect(await waiting).toMatchObject({
        ok: false,
        reason: 'timeout',
        holder: first.id,
        queuePosition: 1,
      });
    });
    await queued(first, 'a', 0);
    const controller = new AbortController();
    const aborted = second.acquire('a', { signal: controller.signal });
    await queued(first, 'a', 1);
    controller.abort('no longer needed');
    expect(await aborted).toMatchObject({ ok: false, reason: 'aborted', error: 'no longer needed' });
    await queued(first, 'a', 0);
    expect(await second.acquire('a', { signal: controller.signal })).toMatchObject({ reason: 'aborted' });
    await close(all);
  });

  it('trap 3: a waiter that gave up passes on the lock it was handed meanwhile', async () => {
    const all = await processes(3);
    const [first, second, third] = all as [Locks, Locks, Locks];
    const lock = await held(first.acquire('a'));
    const controller = new AbortController();
    const leaving = second.acquire('a', { signal: controller.signal });
    await queued(first, 'a', 1);
    const staying = third.acquire('a');
    await queued(first, 'a', 2);
    const released = lock.release();
    controller.abort();
    expect(await leaving).toMatchObject({ reason: 'aborted' });
    await released;
    expect(await staying).toMatchObject({ ok: true });
    await close(all);
  });

  it('a lease that ends hands over too, without anybody releasing', async () => {
    const all = await processes(2);
    const [first, second] = all as [Locks, Locks];
    await first.inspect('a');
    const lock = await held(first.acquire('a', { ttl: 100, autoExtend: false }));
    let served = false;
    const waiting = second.acquire('a', { waitMs: 30_000 }).finally(() => {
      served = true;
    });
    // On a machine that stands still the lease may be over before anybody asks: then there is no queue to be seen.
    await eventually('it waits, or was served', async () => {
      return served || (await second.inspect('a')).waiting.length === 1;
    });
    await context.advance(100);
    expect(lock.held).toBe(false);
    await context.advance(1);
    expect(await waiting).toMatchObject({ ok: true });
    await close(all);
  });

  const single = context.where(
    context.column.topology === 'single',
    'a cluster does not count who hears a push: there the claim of a dead process runs out',
  );
  single('trap 3: a dead process at the head of the queue costs nothing on one server', async () => {
    const all = await processes(2);
    const [first, second] = all as [Locks, Locks];
    const dying = await context.driver();
    const dead = createLocks(dying);
    const lock = await held(first.acquire('a'));
    const lost = dead.acquire('a').catch(() => 'gone');
    await queued(first, 'a', 1);
    const waiting = second.acquire('a', { waitMs: 30_000 });
    await queued(first, 'a', 2);
    await dying.close();
    const channel = wakeChannel('pk', dead.id);
    await eventually('the server has noticed', async () => {
      const counts = (await context.admin('PUBSUB', 'NUMSUB', channel)) as [string, number];
      return counts[1] === 0;
    });
    // It is passed over in the act that hands the lock on: nobody has to wait until its claim runs out.
    const [, seen] = await Promise.all([lock.release(), first.inspect('a')]);
    expect(seen.holder?.process).toBe(second.id);
    expect(await waiting).toMatchObject({ ok: true });
    await dead.close();
    await lost;
    await close(all);
  });

  it('trap 7: a repeated acquire of the same token is the same acquire', async () => {
    const driver = await context.driver();
    const { acquireMutex, leaveMutex } = await import('../src/mutex/commands.js');
    const [key, token] = [keyOf('a'), 'process01token01'];
    const once = await driver.send(acquireMutex(key, token, 60_000, '-', undefined));
    expect(await driver.send(acquireMutex(key, token, 60_000, '-', undefined))).toEqual(once);
    expect(await driver.send(leaveMutex(key, token))).toBe(true);
    expect(await driver.send(leaveMutex(key, token))).toBe(false);
    // A late copy of the acquire, after the release: known, and refused.
    expect(await driver.send(acquireMutex(key, token, 60_000, '-', undefined))).toEqual({
      state: 'released',
    });
    const other = createLocks(driver);
    expect((await other.tryAcquire('a')).ok).toBe(true);
    await other.close();
  });

  it('shutdown ends waits and leaves the queue', async () => {
    const all = await processes(2);
    const [first, second] = all as [Locks, Locks];
    await held(first.acquire('a'));
    const waits = [second.acquire('a'), second.acquire('a')];
    await queued(first, 'a', 1);
    await second.shutdown();
    for (const wait of waits)
      expect(await wait).toMatchObject({ reason: 'aborted', error: { code: 'CLOSED' } });
    expect((await first.inspect('a')).waiting).toEqual([]);
    await close(all);
  });

  it('the queue always has a TTL', async () => {
    const all = await processes(2);
    const [first, second] = all as [Locks, Locks];
    const lock = await held(first.acquire('a', { ttl: '10s' }));
    const waiting = second.acquire('a');
    await queued(first, 'a', 1);
    const ttl = Number(await context.admin('PTTL', keyOf('a')));
    expect(ttl).toBeGreaterThan(75_000);
    expect(ttl).toBeLessThanOrEqual(85_000);
    await lock.release();
    await (await held(waiting)).release();
    await close(all);
  });

  it('many waiters in many processes: one at a time, nobody forgotten', async () => {
    const all = await processes(4);
    let inside = 0;
    let runs = 0;
    let seen = 0n;
    const work = all.flatMap((locks) =>
      Array.from({ length: 15 }, () =>
        locks.withLock('a', async (lock) => {
          expect(++inside).toBe(1);
          expect(lock.fence).toBeGreaterThan(seen);
          seen = lock.fence;
          await new Promise<void>((resolve) => setImmediate(resolve));
          inside--;
          runs++;
        }),
      ),
    );
    expect((await Promise.all(work)).every((outcome) => outcome.ok)).toBe(true);
    expect(runs).toBe(60);
    await close(all);
  });
}
