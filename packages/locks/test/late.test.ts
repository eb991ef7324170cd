import * as memory from '@penknife/driver-memory';
import { beforeEach, describe, expect, it } from 'vitest';
import type { AcquireOptions, AcquireOutcome, Locks } from '../src/index.js';
import { held } from './eventually.js';
import { createStage, type Stage } from './stage.js';

type Take = (locks: Locks, options?: AcquireOptions) => Promise<AcquireOutcome>;

const available = 'createMemoryRedis' in memory;
const ways: readonly (readonly [string, Take])[] = [
  ['a mutex', (locks, options) => locks.acquire('a', options)],
  ['a semaphore', (locks, options) => locks.semaphore('a', { permits: 1 }).acquire(options)],
];

/** On memory alone: a request whose caller heard nothing arrives after all, long after it was given back. */
describe.skipIf(!available)('trap 18: a request that comes after it was given back takes nothing', () => {
  let stage: Stage;
  beforeEach(() => {
    stage = createStage();
  });

  it.each(ways)(
    '%s: a wait that timed out while its grant was under way is the holder until it is given back',
    async (_, take) => {
      const [one, two, three] = [stage.actor(), stage.actor(), stage.actor()];
      const lock = await held(take(one.locks));
      const waiting = take(two.locks, { waitMs: 6000 });
      await stage.clock.advance(5900);
      two.link.held = true;
      await lock.release();
      two.link.push();
      await stage.clock.advance(100);
      expect(await waiting).toMatchObject({ ok: false, reason: 'timeout' });
      expect(await take(three.locks, { waitMs: 0 })).toMatchObject({ reason: 'held', holder: two.locks.id });
      await two.link.release();
      await stage.settle();
      expect(await take(three.locks, { waitMs: 0 })).toMatchObject({ ok: true });
      expect(await stage.strike()).toBe(0);
    },
  );

  it.each(ways)('%s: a waiter in the queue asks again, hears nothing, and its wait ends', async (_, take) => {
    const [one, two, three] = [stage.actor({ ttl: '1h' }), stage.actor({ ttl: '1h' }), stage.actor()];
    const lock = await held(take(one.locks));
    const waiting = take(two.locks, { waitMs: 6000 });
    await stage.settle();
    two.link.held = true;
    await stage.clock.advance(5000);
    const late = two.link.strand();
    expect(late).toHaveLength(1);
    two.link.held = false;
    await stage.clock.advance(1000);
    expect(await waiting).toMatchObject({ ok: false });
    await lock.release();
    for (const arrive of late) await arrive();
    expect(await take(three.locks, { waitMs: 1 })).toMatchObject({ ok: true });
    expect(await stage.strike()).toBe(0);
  });

  it.each(ways)(
    '%s: a claim that hears nothing is given back, and the next one released',
    async (_, take) => {
      const [one, two, three] = [stage.actor({ ttl: '1h' }), stage.actor({ ttl: '1h' }), stage.actor()];
      const lock = await held(take(one.locks));
      const waiting = take(two.locks, { waitMs: 60_000 });
      await stage.settle();
      const ending = new AbortController();
      const claiming = take(three.locks, { waitMs: 60_000, signal: ending.signal, ttl: '1h' });
      await stage.settle();
      await lock.release();
      const second = await held(waiting);
      three.link.held = true;
      await second.release();
      three.link.push();
      await stage.settle();
      const late = three.link.strand();
      expect(late).toHaveLength(1);
      ending.abort('enough');
      three.link.held = false;
      expect(await claiming).toMatchObject({ reason: 'aborted' });
      await stage.settle();
      await (await held(take(two.locks))).release();
      for (const arrive of late) await arrive();
      expect(await take(one.locks, { waitMs: 1 })).toMatchObject({ ok: true });
      expect(await stage.strike()).toBe(0);
    },
  );

  it.each(ways)(
    '%s: a claim that hears nothing is granted when it is sent again, and released',
    async (_, take) => {
      const [one, two] = [stage.actor({ ttl: '1h' }), stage.actor({ ttl: '1h' })];
      const lock = await held(take(one.locks));
      const waiting = take(two.locks, { waitMs: 60_000 });
      await stage.settle();
      two.link.held = true;
      await lock.release();
      two.link.push();
      await stage.settle();
      const late = two.link.strand();
      expect(late).toHaveLength(1);
      two.link.held = false;
      await stage.clock.advance(1000);
      await (await held(waiting)).release();
      await (await held(take(one.locks))).release();
      for (const arrive of late) await arrive();
      expect(await take(one.locks, { waitMs: 1 })).toMatchObject({ ok: true });
      expect(await stage.strike()).toBe(0);
    },
  );
});
