import { getEventListeners } from 'node:events';
import { ConnectionError, createManualClock, seededRandom } from '@penknife/core';
import * as memory from '@penknife/driver-memory';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { campaign } from '../src/election/campaign.js';
import type { Locks } from '../src/index.js';
import { AbortWatch } from '../src/lease/abort-watch.js';
import { held } from './eventually.js';
import { createStage, type Stage } from './stage.js';

const available = 'createMemoryRedis' in memory;

/** On memory alone: requests are held up on their way to the server, and answers on their way back. */
describe.skipIf(!available)('a shutdown waits for what is under way', () => {
  let stage: Stage;
  beforeEach(() => {
    stage = createStage();
  });
  afterEach(() => void vi.restoreAllMocks());

  const ways: readonly (readonly [string, (locks: Locks) => Promise<unknown>])[] = [
    ['tryAcquire', (locks) => locks.tryAcquire('a')],
    ['tryAcquireAll', (locks) => locks.tryAcquireAll(['a', 'b'])],
    ['acquireAll', (locks) => locks.acquireAll(['a', 'b'])],
    ['a semaphore', (locks) => locks.semaphore('a', { permits: 1 }).tryAcquire()],
    ['a write lock', (locks) => locks.readWriteLock('a').write.tryAcquire()],
  ];
  it.each(ways)('%s that is granted after it began is given back before it resolves', async (_, take) => {
    const { locks, link } = stage.actor();
    const other = stage.actor();
    link.held = true;
    const taking = take(locks);
    await link.request();
    let over = false;
    const ending = locks.shutdown().then(() => {
      over = true;
    });
    await stage.settle();
    expect(over).toBe(false);
    link.answer();
    await stage.settle();
    expect(over).toBe(false);
    await link.release();
    expect(await taking).toMatchObject({ ok: false, reason: 'aborted', error: { code: 'CLOSED' } });
    await ending;
    expect(await take(other.locks)).toMatchObject({ ok: true });
    expect(await stage.strike()).toBe(0);
  });

  it('a release whose answer is lost is sent again before it resolves', async () => {
    const { locks, link } = stage.actor();
    const other = stage.actor();
    const lock = await held(locks.tryAcquire('a'));
    link.held = true;
    const releasing = lock.release();
    const ending = locks.shutdown();
    await stage.settle();
    link.held = false;
    await link.cut(false);
    expect(await releasing).toBe('unknown');
    await ending;
    expect((await other.locks.tryAcquire('a')).ok).toBe(true);
    expect(await stage.strike()).toBe(0);
  });

  it('a line of many waiters ends by one request: its head alone is known to the server', async () => {
    const { locks, calls } = stage.actor();
    const other = stage.actor();
    const lock = await held(other.locks.tryAcquire('a'));
    const waits = Array.from({ length: 20 }, () => locks.acquire('a', { waitMs: 60_000 }));
    await stage.settle();
    calls.length = 0;
    await locks.shutdown();
    for (const wait of waits)
      expect(await wait).toMatchObject({ reason: 'aborted', error: { code: 'CLOSED' } });
    expect(calls).toEqual(['locks/mutex-leave']);
    await lock.release();
    expect(await stage.strike()).toBe(0);
  });

  it('who takes several one after another stops between two of them', async () => {
    const { locks, link } = stage.actor();
    const other = stage.actor();
    const first = await held(other.locks.tryAcquire('a'));
    await held(other.locks.tryAcquire('b'));
    const taking = locks.acquireAll(['a', 'b'], { waitMs: 60_000 });
    await stage.settle();
    await first.release();
    link.held = true;
    await stage.settle();
    const ending = locks.shutdown();
    await link.release();
    await ending;
    expect(await taking).toMatchObject({ ok: false, reason: 'aborted', error: { code: 'CLOSED' } });
    expect((await other.locks.inspect('b')).waiting).toEqual([]);
    expect((await other.locks.tryAcquire('a')).ok).toBe(true);
    expect(await stage.strike()).toBe(0);
  });

  it('a leader that returns at once, term after term, leaves pauses that grow; a real term ends that', async () => {
    const { locks, calls } = stage.actor();
    const ending = new AbortController();
    let terms = 0;
    let longTerm: (() => void) | undefined;
    const running = locks.campaign('office', {
      signal: ending.signal,
      onElected: () => (++terms === 20 ? new Promise<void>((resolve) => (longTerm = resolve)) : undefined),
    });
    await stage.clock.advance(5000);
    expect(terms).toBeGreaterThan(8);
    expect(terms).toBeLessThan(20);
    expect(calls.filter((name) => name === 'locks/mutex-acquire').length).toBe(terms);
    await stage.clock.advance(20_000);
    expect(terms).toBe(20);
    await stage.clock.advance(1000);
    longTerm?.();
    await stage.settle();
    expect(terms).toBe(21);
    ending.abort();
    expect(await running).toBeUndefined();
    expect(await stage.strike()).toBe(0);
  });

  it('a leader is told when a shutdown with grace begins, and hands over within it', async () => {
    const { locks } = stage.actor();
    const other = stage.actor();
    const running = locks.campaign('office', {
      signal: new AbortController().signal,
      async onElected({ signal, lock }) {
        await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
        await stage.clock.sleep(300);
        lock.assertHeld();
      },
    });
    await stage.settle();
    const next = other.locks.acquire('office', { waitMs: 60_000 });
    const ending = locks.shutdown({ graceMs: 10_000 });
    await stage.clock.advance(300);
    await ending;
    expect(await running).toBeUndefined();
    expect(await next).toMatchObject({ ok: true });
    expect(await stage.strike()).toBe(0);
  });

  it('nobody is elected by a grant that comes with the end of the campaign: the office is handed on', async () => {
    const { locks, link } = stage.actor();
    const ending = new AbortController();
    let elected = 0;
    const ballot = {
      acquire: async (...wanted: Parameters<Locks['acquire']>) => {
        const outcome = await locks.acquire(...wanted);
        ending.abort();
        return outcome;
      },
      closing: new AbortController().signal,
      aborts: new AbortWatch(),
    };
    // Whoever leads until it is told would never be.
    const onElected = ({ signal }: { signal: AbortSignal }): Promise<void> => {
      elected++;
      return new Promise((resolve) => signal.addEventListener('abort', () => resolve()));
    };
    let over = false;
    const campaigning = { signal: ending.signal, onElected };
    void campaign(link.driver, ballot, 'office', campaigning).then(() => {
      over = true;
    });
    await stage.settle();
    expect({ over, elected, held: locks.heldCount }).toEqual({ over: true, elected: 0, held: 0 });
    expect((await stage.actor().locks.tryAcquire('office')).ok).toBe(true);
    expect(await stage.strike()).toBe(0);
  });

  it.each(['returns', 'throws'] as const)(
    'what a leader that %s left in the background is told before the office is handed over',
    async (end) => {
      const { locks, calls } = stage.actor();
      const other = stage.actor();
      const ending = new AbortController();
      const told: unknown[] = [];
      let lead: (() => void) | undefined;
      const running = locks.campaign('office', {
        signal: ending.signal,
        async onElected({ signal, lock, term }) {
          signal.addEventListener('abort', () => {
            const { code, fence, reason } = signal.reason;
            told.push({ code, reason, ofThisTerm: fence === term, held: lock.held, sent: calls.length });
          });
          await new Promise<void>((resolve) => (lead = resolve));
          calls.length = 0;
          if (end === 'throws') throw new Error('of the leader');
        },
      });
      running.catch(() => undefined);
      await stage.settle();
      const next = other.locks.acquire('office', { waitMs: 60_000 });
      await stage.clock.advance(5000);
      expect(told).toEqual([]);
      lead?.();
      await held(next);
      expect(told).toEqual([
        { code: 'LOCK_LOST', reason: 'released', ofThisTerm: true, held: true, sent: 0 },
      ]);
      ending.abort();
      await running.catch(() => undefined);
      // The first reason stays, and is told once.
      expect(told).toHaveLength(1);
      expect(await stage.strike()).toBe(0);
    },
  );

  it('a leader that returns after its lease, unnoticed so far, tells the loss and no release', async () => {
    const { locks } = stage.actor();
    const ending = new AbortController();
    let over: AbortSignal | undefined;
    const running = locks.campaign('office', {
      signal: ending.signal,
      onElected({ signal }) {
        over = signal;
        // The machine slept.
        stage.clock.setNow(stage.clock.now() + 3_600_000);
        expect(signal.aborted).toBe(false);
      },
    });
    await stage.settle();
    ending.abort();
    await running;
    expect(over?.reason).toMatchObject({ code: 'LOCK_LOST', reason: 'expired' });
    expect(await stage.strike()).toBe(0);
  });

  it('terms leave nothing at the signals that outlive them', async () => {
    const { locks } = stage.actor();
    const ending = new AbortController();
    const any = vi.spyOn(AbortSignal, 'any');
    const listening: number[] = [];
    const running = locks.campaign('office', {
      signal: ending.signal,
      onElected: () => void listening.push(getEventListeners(ending.signal, 'abort').length),
    });
    await stage.clock.advance(20_000);
    expect(listening.length).toBeGreaterThan(10);
    expect(new Set(listening)).toEqual(new Set([1]));
    ending.abort();
    await running;
    expect(getEventListeners(ending.signal, 'abort')).toEqual([]);
    expect(any).not.toHaveBeenCalled();
    expect(await stage.strike()).toBe(0);
  });

  it('a campaign that found no server, and would ask again in a while, ends at once', async () => {
    const clock = createManualClock();
    const closing = new AbortController();
    let asked = 0;
    const error = new ConnectionError('down', { sent: 'no' });
    const ballot = {
      acquire: async () => {
        asked++;
        return { ok: false, reason: 'unavailable', error } as const;
      },
      closing: closing.signal,
      aborts: new AbortWatch(),
    };
    const { signal } = new AbortController();
    const running = campaign({ clock, random: seededRandom(1) }, ballot, 'office', {
      signal,
      onElected: () => undefined,
    });
    await clock.advance(20_000);
    expect(asked).toBeGreaterThan(3);
    expect(clock.armed).toBe(1);
    closing.abort();
    expect(await running).toBeUndefined();
    expect(clock.armed).toBe(0);
  });
});
