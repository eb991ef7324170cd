import { getEventListeners } from 'node:events';
import type { Driver } from '@penknife/core';
import * as memory from '@penknife/driver-memory';
import { beforeEach, describe, expect, it } from 'vitest';
import { lockKeys, wakeChannel } from '../src/keys.js';
import { acquireMutex } from '../src/mutex/commands.js';
import { held } from './eventually.js';
import { createStage, type Stage } from './stage.js';

const available = 'createMemoryRedis' in memory;

/** On memory alone: lost answers and words, placed exactly. */
describe.skipIf(!available)('when the server or the way to it fails', () => {
  let stage: Stage;
  beforeEach(() => {
    stage = createStage();
  });

  it('a try is unavailable within its deadline', async () => {
    const { locks, link } = stage.actor({ deadlineMs: 200 });
    link.held = true;
    const trying = locks.tryAcquire('a');
    await stage.clock.advance(200);
    expect(await trying).toMatchObject({ ok: false, reason: 'unavailable', error: { code: 'DEADLINE' } });
    expect(await stage.strike()).toBe(0);
  });

  it('a wait is unavailable when its time is over, not a timeout: nobody could be asked', async () => {
    const { locks, link } = stage.actor({ deadlineMs: 100 });
    link.held = true;
    const waiting = locks.acquire('a', { waitMs: 450 });
    await stage.clock.advance(450);
    expect(await waiting).toMatchObject({ ok: false, reason: 'unavailable' });
    expect(await stage.strike()).toBe(0);
  });

  it('a server that says nothing at all is unavailable too, for every waiter of the process', async () => {
    const { locks, link } = stage.actor({ deadlineMs: 300 });
    link.held = true;
    const waits = [locks.acquire('a', { waitMs: 200 }), locks.acquire('a', { waitMs: 900 })];
    const last = locks.acquire('a', { waitMs: 1000 });
    await stage.clock.advance(200);
    expect(await waits[0]).toMatchObject({ reason: 'unavailable', error: { code: 'DEADLINE' } });
    await stage.clock.advance(800);
    expect(await waits[1]).toMatchObject({ reason: 'unavailable' });
    expect(await last).toMatchObject({ reason: 'unavailable' });
    expect(await stage.strike()).toBe(0);
  });

  it('a wait that is shorter than its subscription takes still asks', async () => {
    const dress = (driver: Driver): Driver => ({ ...driver, openFeed: () => new Promise(() => undefined) });
    const { locks, calls } = stage.actor({}, dress);
    const waiting = locks.acquire('a', { waitMs: 40 });
    await stage.clock.advance(39);
    expect(await waiting).toMatchObject({ ok: true });
    expect(calls).toEqual(['locks/mutex-acquire']);
    // One that had no time to ask was not refused: it says so.
    const [busy, stuck] = [stage.actor(), stage.actor({}, dress)];
    stuck.link.held = true;
    const short = stuck.locks.acquire('b', { waitMs: 40 });
    await stage.clock.advance(20);
    await stage.clock.advance(20);
    expect(await short).toMatchObject({ reason: 'unavailable', error: { code: 'DEADLINE' } });
    expect(await busy.locks.tryAcquire('c')).toMatchObject({ ok: true });
    expect(await stage.strike()).toBe(0);
  });

  it('a server that falls silent during a wait is unavailable at its end', async () => {
    const [one, two] = [stage.actor({ ttl: '1h' }), stage.actor()];
    await held(one.locks.tryAcquire('a'));
    const waiting = two.locks.acquire('a', { waitMs: 7000 });
    await stage.settle();
    two.link.held = true;
    await stage.clock.advance(7000);
    expect(await waiting).toMatchObject({ reason: 'unavailable', error: { deadlineMs: 7000 } });
    expect(await stage.strike()).toBe(0);
  });

  it('a wait outlives an outage that is shorter than itself', async () => {
    const [one, two] = [stage.actor(), stage.actor({ deadlineMs: 300 })];
    const lock = await held(one.locks.tryAcquire('a'));
    const waiting = two.locks.acquire('a', { waitMs: 30_000 });
    await stage.settle();
    two.link.held = true;
    await lock.release();
    await stage.clock.advance(900);
    await two.link.cut(false);
    two.link.held = false;
    await stage.clock.advance(5000);
    expect(await waiting).toMatchObject({ ok: true });
    expect(await stage.strike()).toBe(0);
  });

  it('trap 18: an acquire whose answer is lost is given back', async () => {
    const { locks, link, calls } = stage.actor();
    const other = stage.actor();
    for (const arrivesAnyway of [true, false]) {
      link.held = true;
      const trying = locks.tryAcquire('a', { ttl: '1h' });
      if (!arrivesAnyway) await link.request();
      await link.cut(arrivesAnyway);
      expect(await trying).toMatchObject({ reason: 'unavailable', error: { sent: 'maybe' } });
      await link.release();
      await stage.settle();
      expect(calls.at(-1)).toBe('locks/mutex-leave');
      expect((await other.locks.inspect('a')).holder).toBeUndefined();
    }
    expect(await stage.strike()).toBe(0);
  });

  it('trap 18: an aborted try gives back what it may have taken', async () => {
    const { locks, link } = stage.actor();
    const controller = new AbortController();
    link.held = true;
    const trying = locks.tryAcquire('a', { ttl: '1h', signal: controller.signal });
    controller.abort('enough');
    expect(await trying).toMatchObject({ reason: 'aborted', error: 'enough' });
    await link.release();
    await stage.settle();
    expect((await locks.inspect('a')).holder).toBeUndefined();
    expect(await stage.strike()).toBe(0);
  });

  it('a release whose answer is lost is unknown, harmless, and done', async () => {
    const { locks, link } = stage.actor();
    const other = stage.actor();
    const lock = await held(locks.tryAcquire('a', { ttl: '1h' }));
    link.held = true;
    const releasing = lock.release();
    await link.request();
    await link.cut(false);
    expect(await releasing).toBe('unknown');
    const next = await held(other.locks.tryAcquire('a', { ttl: '1h' }));
    await link.release();
    await stage.clock.advance(5000);
    next.assertHeld();
    expect((await other.locks.inspect('a')).holder).toMatchObject({ fence: next.fence });
    expect(await stage.strike()).toBe(0);
  });

  it('a release that never arrived is tried again until the lease has ended', async () => {
    const { locks, link } = stage.actor();
    const lock = await held(locks.tryAcquire('a', { ttl: '1h' }));
    link.held = true;
    const releasing = lock.release();
    await link.cut(false);
    expect(await releasing).toBe('unknown');
    await link.cut(false);
    link.held = false;
    await stage.clock.advance(2000);
    expect((await locks.inspect('a')).holder).toBeUndefined();
    expect(await stage.strike()).toBe(0);
  });

  it('trap 1: a word that is lost is made good by asking again', async () => {
    const [one, two] = [stage.actor(), stage.actor()];
    const lock = await held(one.locks.tryAcquire('a'));
    const waiting = two.locks.acquire('a', { waitMs: 60_000 });
    await stage.settle();
    two.link.deaf = true;
    await lock.release();
    await stage.clock.advance(5001);
    expect(await waiting).toMatchObject({ ok: true });
    expect(await stage.strike()).toBe(0);
  });

  it('trap 2: after a gap every waiter asks at once', async () => {
    const [one, two] = [stage.actor(), stage.actor()];
    const locks = [await held(one.locks.tryAcquire('a')), await held(one.locks.tryAcquire('b'))];
    const waiting = ['a', 'b'].map((resource) => two.locks.acquire(resource));
    await stage.settle();
    two.link.deaf = true;
    await Promise.all(locks.map((lock) => lock.release()));
    two.link.deaf = false;
    await two.link.cut(false);
    expect(await Promise.all(waiting)).toMatchObject([{ ok: true }, { ok: true }]);
    expect(await stage.strike()).toBe(0);
  });

  it('trap 3: a grant that a frozen process does not claim passes on', async () => {
    const [one, frozen, two] = [stage.actor({ ttl: '1h' }), stage.actor(), stage.actor()];
    const lock = await held(one.locks.tryAcquire('a'));
    const stuck = frozen.locks.acquire('a', { waitMs: 60_000 });
    await stage.settle();
    const waiting = two.locks.acquire('a', { waitMs: 60_000 });
    await stage.settle();
    frozen.link.held = true;
    await lock.release();
    await stage.settle();
    expect((await one.locks.inspect('a')).holder).toMatchObject({ process: frozen.locks.id, ttlMs: 1000 });
    await stage.clock.advance(5001);
    const second = await held(waiting);
    // Back again, it finds its grant gone and queues anew.
    await frozen.link.release();
    await stage.clock.advance(1000);
    second.assertHeld();
    await second.release();
    await stage.settle();
    const third = await held(stuck);
    expect(third.fence).toBeGreaterThan(second.fence);
    expect(await stage.strike()).toBe(0);
  });

  it('trap 3: a waiter that fell silent is dropped from the queue', async () => {
    const [one, silent] = [stage.actor({ ttl: '1h' }), stage.actor()];
    await held(one.locks.tryAcquire('a'));
    void silent.locks.acquire('a', { waitMs: 60_000 });
    await stage.settle();
    silent.link.held = true;
    expect((await one.locks.inspect('a')).waiting).toHaveLength(1);
    await stage.clock.advance(15_001);
    expect((await one.locks.inspect('a')).waiting).toHaveLength(0);
    expect(await stage.strike()).toBe(0);
  });

  it('a queue takes a thousand processes; one more is told so, and asks again', async () => {
    const { locks, link } = stage.actor();
    const key = lockKeys.in('pk').mutex('a');
    const lock = await held(locks.tryAcquire('a', { ttl: '10s' }));
    const tokenOf = (i: number): string => `process00${String(i).padStart(7, '0')}`;
    // All but the last are written as the scripts would, in one go.
    const ask = (...args: readonly [Uppercase<string>, ...(string | number)[]]) =>
      link.driver.send({ args, key, read: String });
    const now = stage.clock.now();
    const waiters = Array.from({ length: 999 }, (_, i) => `${tokenOf(i)}p${now + 15_000}${now}`);
    await ask('SET', key, (await ask('GET', key)) + waiters.join(''), 'PX', 85_000);
    const reply = await link.driver.send(acquireMutex(key, tokenOf(999), 1000, 'p', undefined));
    expect(reply).toMatchObject({ state: 'waiting', place: 1000 });
    const late = stage.actor();
    const waiting = late.locks.acquire('a');
    await stage.settle();
    expect(await late.locks.tryAcquire('a')).toMatchObject({ queuePosition: 1000 });
    // Nobody of the thousand can be reached: the lock goes to the one who asks.
    await lock.release();
    await stage.clock.advance(201);
    expect(await waiting).toMatchObject({ ok: true });
    expect(await stage.strike()).toBe(0);
  });

  it('words that do not concern this process are not acted upon', async () => {
    const { locks, link, calls } = stage.actor();
    await (await held(locks.acquire('a'))).release();
    const channel = wakeChannel('pk', locks.id);
    const key = lockKeys.in('pk').mutex('a');
    const other = `other0000${'0'.repeat(7)}`;
    const ours = `${locks.id}${'z'.repeat(7)}`;
    const before = calls.length;
    for (const word of ['', 'nonsense', `${other}${key}`, `${ours}some:data`]) {
      await link.driver.send({ args: ['PUBLISH', channel, word], read: () => undefined });
    }
    await stage.settle();
    expect(calls.slice(before)).toEqual(Array(4).fill('PUBLISH'));
    await link.driver.send({ args: ['PUBLISH', channel, `${ours}${key}`], read: () => undefined });
    await stage.settle();
    expect(calls.at(-1)).toBe('locks/mutex-leave');
    expect(await stage.strike()).toBe(0);
  });

  it('hundreds of waits leave no listener on the signal they shared', async () => {
    const { locks } = stage.actor();
    const { signal } = new AbortController();
    const work = Array.from({ length: 300 }, () => locks.withLock('a', () => 1, { signal }));
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
    await Promise.all(work);
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
    expect(await stage.strike()).toBe(0);
  });
});
