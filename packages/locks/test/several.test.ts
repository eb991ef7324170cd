import { getEventListeners } from 'node:events';
import { ConnectionError, type Driver } from '@penknife/core';
import * as memory from '@penknife/driver-memory';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LockLostError, lockKeys } from '../src/index.js';
import { failureAt } from '../src/mutex/acquire-all.js';
import { held } from './eventually.js';
import { createStage, type Stage } from './stage.js';

const available = 'createMemoryRedis' in memory;

/** On memory alone: leases end on time here, answers are lost, and a server is away for one request. */
describe.skipIf(!available)('what is known of a lock, and of several', () => {
  let stage: Stage;
  beforeEach(() => {
    stage = createStage();
  });
  afterEach(() => void vi.restoreAllMocks());

  it('the wait for several ends when the first that was taken is lost, and says so', async () => {
    const other = stage.actor();
    await held(other.locks.tryAcquire('b'));
    const { locks } = stage.actor({ ttl: 1000, autoExtend: false });
    const waiting = locks.acquireAll(['a', 'b'], { waitMs: 60_000 });
    await stage.clock.advance(995);
    expect(await waiting).toMatchObject({
      reason: 'unavailable',
      error: { code: 'LOCK_LOST', resource: 'a', reason: 'expired' },
    });
    await stage.settle();
    expect((await other.locks.inspect('b')).waiting).toEqual([]);
    expect(locks).toMatchObject({ heldCount: 0, waitingCount: 0 });
    expect(await stage.strike()).toBe(0);
  });

  it('of several that are lost by now, the one whose loss ended the wait is named', () => {
    const lost = ['a', 'b'].map((resource) => new LockLostError(resource, 1n, 'expired'));
    const taken = lost.map((error) => ({ signal: AbortSignal.abort(error) }));
    for (const error of lost)
      expect(failureAt({ resource: 'c' }, { ok: false, reason: 'aborted', error }, taken)).toEqual({
        ok: false,
        reason: 'unavailable',
        error,
      });
    const mine = { ok: false, reason: 'aborted', error: new Error('mine') } as const;
    expect(failureAt({ resource: 'c' }, mine, taken)).toMatchObject({ ...mine, resource: 'c' });
  });

  it('the wait for several that ends in vain names the one that could not be had', async () => {
    const other = stage.actor();
    await held(other.locks.tryAcquire('b'));
    const { locks } = stage.actor();
    const waiting = locks.acquireAll(['a', 'b'], { waitMs: 500 });
    await stage.clock.advance(501);
    expect(await waiting).toMatchObject({ reason: 'timeout', holder: other.locks.id, resource: 'b' });
    expect(await stage.strike()).toBe(0);
  });

  it('a wait for several leaves nothing at a signal that outlives it', async () => {
    const other = stage.actor();
    for (const name of ['b', 'c']) await held(other.locks.tryAcquire(name));
    const { locks } = stage.actor();
    const { signal } = new AbortController();
    const any = vi.spyOn(AbortSignal, 'any');
    for (let i = 0; i < 5; i++) {
      const waiting = locks.acquireAll(['a', 'b', 'c'], { waitMs: 500, signal });
      await stage.settle();
      expect(getEventListeners(signal, 'abort')).toHaveLength(1);
      await stage.clock.advance(501);
      expect(await waiting).toMatchObject({ reason: 'timeout', resource: 'b' });
      expect(getEventListeners(signal, 'abort')).toEqual([]);
    }
    expect(any).not.toHaveBeenCalled();
    expect(await stage.strike()).toBe(0);
  });

  it('a try for several does not tell how many wait: it does not know', async () => {
    const other = stage.actor();
    await held(other.locks.tryAcquire('b'));
    const waiting = other.locks.acquire('b');
    await stage.settle();
    const outcome = await stage.actor().locks.tryAcquireAll(['a', 'b']);
    expect(outcome).toMatchObject({ reason: 'held', holder: other.locks.id, resource: 'b' });
    expect(outcome).not.toHaveProperty('queuePosition');
    await other.locks.close();
    await waiting;
    expect(await stage.strike()).toBe(0);
  });

  it('the wait for several is over when its time is, also when the server says nothing', async () => {
    for (const silentAfterMs of [0, 300]) {
      const other = stage.actor();
      const names = [`a-${silentAfterMs}`, `b-${silentAfterMs}`] as const;
      await held(other.locks.tryAcquire(names[1]));
      const { locks, link } = stage.actor();
      link.held = silentAfterMs === 0;
      const waiting = locks.acquireAll(names, { waitMs: 500 });
      let over = false;
      void waiting.then(() => {
        over = true;
      });
      await stage.clock.advance(silentAfterMs);
      link.held = true;
      await stage.clock.advance(502 - silentAfterMs);
      expect(over, String(silentAfterMs)).toBe(true);
      expect(await waiting).toMatchObject({ reason: silentAfterMs === 0 ? 'unavailable' : 'timeout' });
      expect(locks).toMatchObject({ heldCount: 0, waitingCount: 0 });
      await link.release();
      await stage.settle();
      expect((await other.locks.inspect(names[0])).holder).toBeUndefined();
      expect((await other.locks.inspect(names[1])).waiting).toEqual([]);
    }
    expect(await stage.strike()).toBe(0);
  });

  /** Keys of several slots are taken one after another, as on a cluster. */
  const cluster = (driver: Driver): Driver => ({ ...driver, topology: 'cluster' });

  it.each(['silent', 'held'] as const)(
    'the wait for several slots is over when its time is, also when the first falls silent and the second is %s',
    async (second) => {
      const other = stage.actor();
      const { locks, link } = stage.actor({}, cluster);
      if (second === 'held') await held(other.locks.tryAcquire('b'));
      link.held = true;
      const waiting = locks.acquireAll(['a', 'b', 'c'], { waitMs: 500 });
      let over = false;
      void waiting.then(() => {
        over = true;
      });
      await stage.settle();
      await link.request();
      link.answer();
      await stage.settle();
      if (second === 'held') {
        await link.request();
        link.answer();
      }
      expect(locks.heldCount).toBe(1);
      await stage.clock.advance(502);
      expect(over).toBe(true);
      expect(await waiting).toMatchObject({ ok: false });
      expect(locks).toMatchObject({ heldCount: 0, waitingCount: 0 });
      await link.release();
      await stage.settle();
      for (const name of ['a', 'c']) expect((await other.locks.inspect(name)).holder).toBeUndefined();
      expect(await stage.strike()).toBe(0);
    },
  );

  it('who gives up several before the time is over has given back those that were taken', async () => {
    for (const answered of [true, false]) {
      const other = stage.actor();
      const [free, taken] = [`a-${answered}`, `b-${answered}`] as const;
      await held(other.locks.tryAcquire(taken));
      const { locks, link } = stage.actor();
      const giving = new AbortController();
      const waiting = locks.acquireAll([free, taken], { waitMs: 500, signal: giving.signal });
      let over = false;
      void waiting.then(() => {
        over = true;
      });
      await stage.clock.advance(100);
      link.held = true;
      giving.abort(new Error('changed my mind'));
      await stage.settle();
      expect(over).toBe(false);
      if (answered) await link.release();
      await stage.clock.advance(answered ? 0 : 402);
      expect(over).toBe(true);
      expect(await waiting).toMatchObject({ reason: 'aborted', resource: taken });
      expect(locks).toMatchObject({ heldCount: 0, waitingCount: 0 });
      if (answered) expect((await other.locks.tryAcquire(free)).ok).toBe(true);
    }
    expect(await stage.strike()).toBe(0);
  });

  it.each(['acquire', 'acquireAll'] as const)(
    '%s outlasts a server that is away for a moment',
    async (way) => {
      let away = 1;
      const blinking = (driver: Driver): Driver => ({
        ...driver,
        send: (command, options) =>
          away-- > 0
            ? Promise.reject(new ConnectionError('away', { sent: 'no' }))
            : driver.send(command, options),
      });
      const { locks } = stage.actor({}, blinking);
      const waiting = way === 'acquire' ? locks.acquire('a') : locks.acquireAll(['a', 'b']);
      await stage.clock.advance(2000);
      expect(await waiting).toMatchObject({ ok: true });
      expect(await stage.strike()).toBe(0);
    },
  );

  it('withLock does not say that it was held throughout when the release was not answered', async () => {
    const { locks, link } = stage.actor();
    const other = stage.actor();
    const key = lockKeys.in('pk').mutex('a');
    const work = locks.withLock('a', async () => {
      await other.link.driver.send({ args: ['DEL', key], key, read: Number });
      await held(other.locks.tryAcquire('a'));
      link.held = true;
      return 'done';
    });
    await stage.settle();
    link.held = false;
    await link.cut(false);
    expect(await work).toEqual({ ok: true, value: 'done', heldThroughout: false });
    expect(await stage.strike()).toBe(0);
  });

  it('trap 18: an acquire that arrives after its outcome was given up holds nothing', async () => {
    let late: (() => Promise<unknown>) | undefined;
    const losing = (driver: Driver): Driver => ({
      ...driver,
      send(command, options) {
        if (late !== undefined) return driver.send(command, options);
        late = () => driver.send(command, options);
        return Promise.reject(new ConnectionError('half open', { sent: 'maybe' }));
      },
    });
    const { locks } = stage.actor({ ttl: '7d' }, losing);
    const other = stage.actor();
    expect(await locks.tryAcquire('a')).toMatchObject({ reason: 'unavailable' });
    await stage.clock.advance(3000);
    await late?.();
    expect(await other.locks.tryAcquire('a')).toMatchObject({ ok: true });
    expect(await stage.strike()).toBe(0);
  });
});
