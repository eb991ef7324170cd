import type { Driver } from '@penknife/core';
import { createMemoryRedis } from '@penknife/driver-memory';
import { describe, expect, it } from 'vitest';
import { createLocks, createQuorumLocks, lockKeys, lockOrThrow } from '../src/index.js';
import { terms } from '../src/lease/terms.js';
import { inspectMutex } from '../src/mutex/commands.js';
import { held } from './eventually.js';
import type { Link } from './network.js';
import { quorumStage } from './quorum-stage.js';

/** On memory alone: it takes servers that are frozen, cut and emptied one by one, and minutes. */
describe('a quorum of independent servers', () => {
  const { clock, closing, servers, settle, ends, holders } = quorumStage();

  const keyOf = lockKeys.in('pk').mutex('a');

  it('one holds it on a majority; the other is told who; released it is free everywhere', async () => {
    const { locks, other, direct } = servers(3);
    const two = other();
    const lock = await held(locks.tryAcquire('a'));
    expect(await two.tryAcquire('a')).toMatchObject({ ok: false, reason: 'held', holder: locks.id });
    expect(await lock.extend()).toBe('extended');
    expect(await lock.release()).toBe('released');
    expect(await holders(direct, 3)).toEqual([undefined, undefined, undefined]);
    const next = await held(two.tryAcquire('a'));
    expect(next.fence).toBeGreaterThan(lock.fence);
  });

  it('survives the loss of a minority, and no more', async () => {
    const { locks, links } = servers(5);
    for (const link of links.slice(0, 2)) link.held = true;
    const lock = await held(locks.acquire('a'));
    await clock.advance(3000);
    lock.assertHeld();
    expect(await ends(lock.release())).toBe('released');
    for (const link of links.slice(0, 3)) link.held = true;
    const refused = locks.tryAcquire('a');
    await clock.advance(200);
    expect(await refused).toMatchObject({ ok: false, reason: 'unavailable' });
    for (const link of links) await link.release();
    await clock.advance(2000);
    expect((await locks.tryAcquire('a')).ok).toBe(true);
  });

  it('trap 8: two nodes that are split decide, and an even number is warned of', async () => {
    const warned = new Promise<{ code?: string }>((resolve) => process.once('warning', resolve));
    const { locks, direct } = servers(2);
    expect(await warned).toMatchObject({ code: 'PENKNIFE_EVEN_QUORUM' });
    const single = createLocks(direct(1));
    closing.push(single);
    await held(single.tryAcquire('a'));
    expect(await locks.tryAcquire('a')).toMatchObject({ ok: false, reason: 'held', holder: single.id });
    // And what it had taken of the other one was given back.
    const free = createLocks(direct(0));
    closing.push(free);
    expect((await free.tryAcquire('a')).ok).toBe(true);
  });

  it('trap 7: a try that failed does not stand in the way of the next', async () => {
    const { locks, direct } = servers(3);
    const blocking = await Promise.all(
      [0, 1].map(async (i) => {
        const single = createLocks(direct(i));
        closing.push(single);
        return held(single.tryAcquire('a'));
      }),
    );
    const waiting = locks.acquire('a', { waitMs: 5000 });
    await clock.advance(1000);
    for (const lock of blocking) await lock.release();
    expect(await ends(waiting)).toMatchObject({ ok: true });
  });

  it('a try that failed leaves nothing on servers that refused it, and is remembered where nothing was heard', async () => {
    const { locks, links, direct } = servers(3, { nodeTimeoutMs: 40 });
    const drivers = [0, 1, 2].map(direct);
    const blocking = await Promise.all(
      drivers.slice(0, 2).map((driver) => {
        const single = createLocks(driver, { ttl: '1h' });
        closing.push(single);
        return held(single.tryAcquire('a'));
      }),
    );
    (links[2] as Link).held = true;
    const trying = locks.tryAcquire('a');
    await settle();
    // The acquire, and the first that gives it back.
    const [late, ...others] = (links[2] as Link).strand();
    expect(others).toHaveLength(1);
    (links[2] as Link).held = false;
    expect(await ends(trying)).toMatchObject({ ok: false, reason: 'held' });
    await clock.advance(200);
    const waiters = async (driver: Driver): Promise<number> =>
      (await driver.send(inspectMutex(keyOf))).waiters.length / terms.recordSize;
    expect(await Promise.all(drivers.map(waiters))).toEqual([0, 0, 1]);
    await late?.();
    expect(await holders(direct, 3)).toEqual([expect.any(String), expect.any(String), undefined]);
    for (const lock of blocking) await lock.release();
  });

  it('trap 10: one hung node costs a fraction of the lease; trap 9: a majority that comes late is refused', async () => {
    const { locks, links, direct } = servers(3, { nodeTimeoutMs: 40 });
    (links[0] as Link).held = true;
    const lock = await held(locks.tryAcquire('a'));
    expect(lock.remainingMs).toBeGreaterThan(900);
    expect(await ends(lock.release())).toBe('released');
    await (links[0] as Link).release();
    // Two answer, but only after the whole lease: then nothing is held, here or there.
    const slow = servers(3, { ttl: 200, nodeTimeoutMs: 40 });
    let skewMs = 0;
    const late = createQuorumLocks(
      slow.links.map(({ driver }) => ({
        ...driver,
        clock: { ...clock, monotonic: () => clock.monotonic() + skewMs },
      })),
      { ttl: 200 },
    );
    closing.push(late);
    for (const link of slow.links) link.held = true;
    const trying = late.tryAcquire('a');
    await settle();
    for (const link of slow.links) await link.request();
    skewMs = 199;
    for (const link of slow.links) await link.release();
    expect(await ends(trying)).toMatchObject({ ok: false, reason: 'unavailable' });
    expect(await holders(slow.direct, 3)).toEqual([undefined, undefined, undefined]);
    expect(await holders(direct, 3)).toEqual([undefined, undefined, undefined]);
  });

  it('trap 11: a node that was missing is taken in again while a majority holds', async () => {
    const { locks, links, direct } = servers(3);
    (links[0] as Link).held = true;
    const lock = await held(locks.tryAcquire('a'));
    await (links[0] as Link).cut(false);
    (links[0] as Link).held = false;
    await clock.advance(1200);
    lock.assertHeld();
    expect(await holders(direct, 3)).toEqual([locks.id, locks.id, locks.id]);
    // Now another one may fail.
    (links[1] as Link).held = true;
    await clock.advance(3000);
    lock.assertHeld();
    await ends(lock.release());
    await (links[1] as Link).release();
  });

  it('trap 11: without a majority nothing is taken anew: the holder is told instead', async () => {
    const { locks, direct, other } = servers(3);
    const lock = await held(locks.tryAcquire('a'));
    const { signal } = lock;
    for (const server of [0, 1])
      await direct(server).send({ args: ['DEL', keyOf], key: keyOf, read: Number });
    expect(await lock.extend()).toBe('lost');
    expect(signal.reason).toMatchObject({ reason: 'refused' });
    await settle();
    expect((await other().tryAcquire('a')).ok).toBe(true);
  });

  it('the signal fires before the lease ends, whether or not the nodes answer', async () => {
    const { locks, links } = servers(3);
    const lock = await held(locks.tryAcquire('a'));
    const { signal } = lock;
    for (const link of links) link.held = true;
    await clock.advance(987);
    expect(lock.held).toBe(true);
    await clock.advance(2);
    expect(signal.reason).toMatchObject({ reason: 'expired' });
    expect(() => lock.assertHeld()).toThrow(/not confirmed/);
    for (const link of links) await link.release();
  });

  it('an extension at the cap of the hold takes nothing away: nobody else gets the lock before it ends', async () => {
    const { locks, direct } = servers(3, { ttl: 100, maxHoldMs: 100 });
    const lock = await held(locks.tryAcquire('a'));
    await clock.advance(94);
    expect(lock.held).toBe(true);
    expect(await lock.extend()).toBe('unknown');
    expect(lock.held).toBe(true);
    expect(await holders(direct, 3)).not.toContain(undefined);
  });

  it('fences rise from majority to majority, also when the clocks of the nodes disagree', async () => {
    // Server 0 has handed out a fence far ahead of its clock, as one whose clock was set back has.
    const { links, locks, direct, other } = servers(3);
    const ahead = 9_000_000_000_000_000n;
    const state = `${ahead}:0:process01token01::`;
    await direct(0).send({ args: ['SET', keyOf, state, 'PX', 60_000], key: keyOf, read: String });
    (links[2] as Link).held = true;
    const first = await held(locks.tryAcquire('a'));
    expect(first.fence).toBe(ahead + 1n);
    await ends(first.release());
    await (links[2] as Link).release();
    const two = other();
    // The next majority is 1 and 2: server 1 was told of the fence that the first one agreed on.
    await direct(0).send({ args: ['FLUSHALL'], read: String });
    const next = await held(two.tryAcquire('a'));
    expect(next.fence).toBeGreaterThan(first.fence);
  });

  it('fences fall back to the clocks of a majority only once the servers have forgotten the last: a minute after its release', async () => {
    const hourMs = 3_600_000;
    const { locks, links } = servers(3, {}, undefined, [hourMs, 0, 0]);
    (links[2] as Link).held = true;
    const first = await held(locks.tryAcquire('a'));
    expect(Number(first.fence / 1000n)).toBeGreaterThanOrEqual(clock.now() + hourMs);
    await ends(first.release());
    await (links[2] as Link).release();
    // From here on the server whose clock is ahead is away.
    (links[0] as Link).held = true;
    await clock.advance(50_000);
    const second = await ends(held(locks.acquire('a')));
    expect(second.fence).toBeGreaterThan(first.fence);
    await ends(second.release());
    await clock.advance(61_000);
    const third = await ends(held(locks.acquire('a')));
    expect(third.fence).toBeLessThan(second.fence);
    expect(Number(third.fence / 1000n)).toBeLessThanOrEqual(clock.now());
    await ends(third.release());
    await (links[0] as Link).release();
  });

  it('a shutdown waits for a try under way, and gives back what it won', async () => {
    const { locks, links, direct } = servers(3);
    for (const link of links) link.held = true;
    const trying = locks.tryAcquire('a');
    await settle();
    let over = false;
    const ending = locks.shutdown().then(() => {
      over = true;
    });
    for (const link of links) await link.request();
    await settle();
    expect(over).toBe(false);
    for (const link of links) await link.release();
    expect(await trying).toMatchObject({ ok: false, reason: 'aborted', error: { code: 'CLOSED' } });
    await ending;
    expect(await holders(direct, 3)).toEqual([undefined, undefined, undefined]);
  });

  it('an abort and a shutdown leave nothing anywhere', async () => {
    const { locks, links, direct } = servers(3);
    for (const link of links) link.held = true;
    const controller = new AbortController();
    const trying = locks.tryAcquire('a', { signal: controller.signal });
    await settle();
    controller.abort('enough');
    expect(await ends(trying)).toMatchObject({ ok: false, reason: 'aborted', error: 'enough' });
    for (const link of links) await link.release();
    await clock.advance(200);
    expect(await holders(direct, 3)).toEqual([undefined, undefined, undefined]);
    const lock = await held(locks.tryAcquire('a'));
    const waiting = locks.acquire('a', { waitMs: 5000 });
    await settle();
    expect(locks.waitingCount).toBe(1);
    const { signal } = lock;
    await ends(locks.shutdown());
    expect(await waiting).toMatchObject({ reason: 'aborted' });
    expect(signal.reason).toMatchObject({ reason: 'shutdown' });
    expect(await holders(direct, 3)).toEqual([undefined, undefined, undefined]);
    await expect(locks.tryAcquire('a')).rejects.toMatchObject({ code: 'CLOSED' });
  });

  it('foreign data on a majority is an error, on a minority it is a node that is missing', async () => {
    const { locks, direct } = servers(3);
    const spoil = (server: number) =>
      direct(server).send({ args: ['SET', keyOf, 'precious'], key: keyOf, read: String });
    await spoil(0);
    const lock = lockOrThrow(await locks.tryAcquire('a'));
    await lock.release();
    await spoil(1);
    await expect(locks.tryAcquire('a')).rejects.toMatchObject({ code: 'LOCK_KEY' });
  });

  it('refuses what is no quorum', () => {
    const driver = createMemoryRedis({ clock }).driver();
    closing.push(driver);
    expect(() => createQuorumLocks([])).toThrow(/drivers must/);
    expect(() => createQuorumLocks([driver, {} as never, driver])).toThrow(/drivers must be a driver/);
    expect(() => createQuorumLocks([driver, driver])).toThrow(/different servers/);
    expect(() => createQuorumLocks([driver], { ttl: 1000, nodeTimeoutMs: 201 })).toThrow(/nodeTimeoutMs/);
    for (const ignored of [{ ack: { replicas: 1, timeoutMs: 9 } }, { reentrant: true }, { deadlineMs: 5 }])
      expect(() => createQuorumLocks([driver], ignored as never)).toThrow(/is no option of a quorum/);
    const cluster = { ...driver, topology: 'cluster' as const };
    expect(() => createQuorumLocks([cluster])).toThrow(/cluster/);
  });
});
