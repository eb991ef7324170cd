import type { MatrixContext } from '@penknife/matrix';
import { expect, it } from 'vitest';
import { LockKeyError, type Locks, lockKeys, lockOrThrow, type ReadWriteLock } from '../src/index.js';
import { held, soonOver, undisturbed } from './eventually.js';
import { close, processesOf, waiting } from './processes.js';

/** The behaviour of a read-write lock, on whatever the context runs on. */
export function readWriteSuite(context: MatrixContext): void {
  const processes = processesOf(context);
  async function doors(count: number): Promise<{ all: Locks[]; locks: ReadWriteLock[] }> {
    const all = await processes(count);
    return { all, locks: all.map((locks) => locks.readWriteLock('a')) };
  }

  it('many readers or one writer', async () => {
    const { all, locks } = await doors(2);
    const [one, two] = locks as [ReadWriteLock, ReadWriteLock];
    const readers = [await held(one.read.tryAcquire()), await held(two.read.tryAcquire())];
    expect(await one.write.tryAcquire()).toMatchObject({ ok: false, reason: 'held' });
    for (const reader of readers) await reader.release();
    const writer = lockOrThrow(await one.write.tryAcquire());
    expect(writer.mode).toBe('write');
    expect(writer.fence).toBeGreaterThan(readers[1]?.fence ?? 0n);
    expect(await two.read.tryAcquire()).toMatchObject({ ok: false, holder: all[0]?.id });
    expect(await two.write.tryAcquire()).toMatchObject({ ok: false });
    expect(await writer.release()).toBe('released');
    expect(await two.read.withLock(() => 'read')).toMatchObject({ ok: true, value: 'read' });
    await close(all);
  });

  it('a waiting writer stops new readers and goes in front of readers that wait', async () => {
    const all = await processes(4);
    // Where the machine stands still for a second the reader has lost its patience, and goes first.
    await undisturbed(async (attempt) => {
      const locks = all.map((each) => each.readWriteLock(`a${attempt}`));
      const [one, two, three, four] = locks as [ReadWriteLock, ReadWriteLock, ReadWriteLock, ReadWriteLock];
      const order: string[] = [];
      const reader = await held(one.read.tryAcquire());
      const waits = [two.write.withLock(() => void order.push('first writer'))];
      await waiting(one, 1);
      // There are only readers inside, and yet this one has to wait.
      expect(await three.read.tryAcquire()).toMatchObject({ ok: false });
      waits.push(three.read.withLock(() => void order.push('reader')));
      await waiting(one, 2);
      waits.push(four.write.withLock(() => void order.push('second writer')));
      await waiting(one, 3);
      await reader.release();
      await Promise.all(waits);
      expect(order).toEqual(['first writer', 'second writer', 'reader']);
    });
    await close(all);
  });

  it('a downgrade lets readers in, keeps the fence, and lets no writer in between', async () => {
    const { all, locks } = await doors(3);
    const [one, two, three] = locks as [ReadWriteLock, ReadWriteLock, ReadWriteLock];
    const writer = lockOrThrow(await one.write.tryAcquire());
    const { fence } = writer;
    const reading = two.read.acquire();
    await waiting(one, 1);
    expect(await writer.downgrade()).toBe('extended');
    expect(writer).toMatchObject({ mode: 'read', held: true, fence });
    const reader = await held(reading);
    expect(await three.write.tryAcquire()).toMatchObject({ ok: false });
    await reader.release();
    expect(await three.write.tryAcquire()).toMatchObject({ ok: false });
    expect(await writer.extend()).toBe('extended');
    expect((await one.inspect()).holders).toMatchObject([{ weight: 1, fence }]);
    expect(await writer.release()).toBe('released');
    expect((await three.write.tryAcquire()).ok).toBe(true);
    await close(all);
  });

  it('trap 13: a short reader does not shorten the lease of the others', async () => {
    const { all, locks } = await doors(3);
    const [one, two, three] = locks as [ReadWriteLock, ReadWriteLock, ReadWriteLock];
    await Promise.all(locks.map((lock) => lock.inspect()));
    const long = await held(one.read.tryAcquire({ ttl: '1h', autoExtend: false }));
    await soonOver(() => two.read.tryAcquire({ ttl: 60, autoExtend: false }));
    expect(Number(await context.admin('PTTL', lockKeys.in('pk').rw('a')))).toBeGreaterThan(3_600_000);
    await context.advance(65);
    long.assertHeld();
    expect(await three.write.tryAcquire()).toMatchObject({ ok: false, holder: all[0]?.id });
    expect((await one.inspect()).holders).toHaveLength(1);
    await close(all);
  });

  it("trap 13: a process extends its own readers and no one else's, and goes on after a downgrade", async () => {
    const { all, locks } = await doors(3);
    const [one, two, three] = locks as [ReadWriteLock, ReadWriteLock, ReadWriteLock];
    await Promise.all(locks.map((lock) => lock.inspect()));
    // On memory they outlive their leases; real ones that short would not outlive a machine that stands still.
    const kept = context.column.memory ? 240 : '10s';
    const writer = lockOrThrow(await one.write.tryAcquire({ ttl: kept }));
    await writer.downgrade();
    // This one is not extended, as if its process had died; the others of its kind do not keep it alive.
    const dead = await soonOver(() => two.read.tryAcquire({ ttl: 90, autoExtend: false }));
    const alive = await held(three.read.tryAcquire({ ttl: kept }));
    for (let i = 0; i < (context.column.memory ? 3 : 1); i++) await context.advance(95);
    await writer.assertHeld();
    alive.assertHeld();
    expect(dead.held).toBe(false);
    expect((await one.inspect()).holders.map(({ fence }) => fence)).toEqual([writer.fence, alive.fence]);
    await close(all);
  });

  it('trap 13: a writer that was lost does not become a reader', async () => {
    const { all, locks } = await doors(1);
    const [lock] = locks as [ReadWriteLock];
    const writer = lockOrThrow(await lock.write.tryAcquire());
    await context.admin('DEL', lockKeys.in('pk').rw('a'));
    expect(await writer.downgrade()).toBe('lost');
    expect(writer.lostBecause).toBe('refused');
    expect(await context.admin('EXISTS', lockKeys.in('pk').rw('a'))).toBe(0);
    await close(all);
  });

  it('trap 19: foreign data at its key is a clear error and stays untouched', async () => {
    const { all, locks } = await doors(1);
    const [lock] = locks as [ReadWriteLock];
    const key = lockKeys.in('pk').rw('a');
    const calls = [
      () => lock.read.tryAcquire(),
      () => lock.read.acquire(),
      () => lock.write.tryAcquire(),
      () => lock.write.acquire(),
      () => lock.inspect(),
    ];
    await context.admin('SET', key, 'precious');
    for (const call of calls) await expect(call()).rejects.toThrow(LockKeyError);
    expect(await context.admin('GET', key)).toBe('precious');
    await context.admin('DEL', key);
    await context.admin('RPUSH', key, 'of', 'somebody');
    for (const call of calls) await expect(call()).rejects.toMatchObject({ code: 'LOCK_KEY', key });
    expect(await context.admin('LLEN', key)).toBe(2);
    await context.admin('DEL', key);
    const writer = lockOrThrow(await lock.write.tryAcquire());
    await context.admin('SET', key, 'overwritten');
    expect(await writer.downgrade()).toBe('lost');
    expect(await writer.release()).toBe('lost');
    expect(await context.admin('GET', key)).toBe('overwritten');
    await context.admin('DEL', key);
    await close(all);
  });

  it('readers of one process share nothing but the connection', async () => {
    const { all, locks } = await doors(2);
    const [one, two] = locks as [ReadWriteLock, ReadWriteLock];
    const writer = lockOrThrow(await two.write.tryAcquire());
    const waits = Array.from({ length: 10 }, () => one.read.acquire());
    await waiting(two, 1);
    await writer.release();
    const readers = (await Promise.all(waits)).map(lockOrThrow);
    expect(new Set(readers.map(({ fence }) => fence)).size).toBe(10);
    expect((await one.inspect()).holders).toHaveLength(10);
    await close(all);
  });

  const steady = context.where(
    context.column.memory,
    'a reader loses its patience after a second, longer than a real server may wait in a test',
  );
  steady('writers that keep coming do not starve a reader', async () => {
    const { all, locks } = await doors(4);
    const [one, two, three, four] = locks as [ReadWriteLock, ReadWriteLock, ReadWriteLock, ReadWriteLock];
    const order: string[] = [];
    const first = await held(one.write.tryAcquire());
    const waits = [two.read.withLock(() => void order.push('reader'))];
    await waiting(one, 1);
    await context.advance(1001);
    waits.push(three.write.withLock(() => void order.push('writer')));
    await waiting(one, 2);
    waits.push(four.read.withLock(() => void order.push('late reader')));
    await waiting(one, 3);
    await first.release();
    await Promise.all(waits);
    expect(order).toEqual(['reader', 'writer', 'late reader']);
    await close(all);
  });
}
