import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createGate, createStage, type Stage } from './stage.js';

let stage: Stage;
beforeEach(() => {
  stage = createStage();
});
afterEach(() => stage.close());

/** Lets what is under way in the background come to its end. */
const settle = (): Promise<void> => stage.clock.advance(0);

describe('the life of an entry', () => {
  it('fresh, stale while one process loads anew, a fallback for errors, gone', async () => {
    const cache = stage.cache<number>({
      ttlMs: 1000,
      staleWhileRevalidateMs: 500,
      staleIfErrorMs: 5000,
      errorTtlMs: 0,
    });
    const failing = () => Promise.reject(new Error('down'));
    expect(await cache.getOrSet('x', () => 1)).toBe(1);
    await stage.clock.advance(999);
    expect(await cache.getOrSet('x', () => 2)).toBe(1);
    await stage.clock.advance(1);
    expect(cache.peek('x')).toBeUndefined();
    expect(await cache.getOrSet('x', failing)).toBe(1);
    await settle();
    await stage.clock.advance(600);
    expect(await cache.get('x')).toBeUndefined();
    expect(await cache.getOrSet('x', failing)).toBe(1);
    await stage.clock.advance(4400);
    await expect(cache.getOrSet('x', failing)).rejects.toThrow('down');
    expect(cache.stats()).toMatchObject({ stale: { revalidating: 1, failed: 1 }, loadFailures: 3 });
  });

  it('null serves for its own time, and no longer than a call wants anything to', async () => {
    const cache = stage.cache<number | null>({ ttlMs: 60_000, negativeTtlMs: 20_000 });
    const ttl = async (key: string): Promise<number | undefined> => (await cache.explain(key)).redis?.ttlMs;
    const nothing = (): null => null;
    await cache.getOrSet('usual', nothing);
    await cache.getOrSet('short', nothing, { ttlMs: 500 });
    await cache.getOrSet('long', nothing, { ttlMs: 90_000 });
    await cache.getOrSet('said', ({ keepFor }) => {
      keepFor({ ttlMs: 40_000 });
      return null;
    });
    await cache.set('set', null, { ttlMs: 300 });
    const ttls = await Promise.all(['usual', 'short', 'long', 'said', 'set'].map(ttl));
    expect(ttls).toEqual([20_000, 500, 20_000, 40_000, 300]);
  });

  it('a loader may throw what cannot be put into words: everybody hears it, and it is remembered', async () => {
    const [a, b] = [stage.cache<number>(), stage.cache<number>()];
    const unspeakable = [
      Object.create(null),
      {
        toString(): string {
          throw new Error('no words');
        },
      },
      Object.defineProperty(new Error('x'), 'message', { get: () => Symbol('no text') }),
    ];
    for (const [i, thrown] of unspeakable.entries()) {
      const failing = (): never => {
        throw thrown;
      };
      await expect(a.getOrSet(`k${i}`, failing)).rejects.toBe(thrown);
      await expect(b.getOrSet(`k${i}`, () => 1)).rejects.toMatchObject({
        code: 'LOAD_FAILED',
        message: 'the loader failed before: unknown',
      });
    }
    const cut = `${'x'.repeat(192)}😀`;
    await expect(a.getOrSet('cut', () => Promise.reject(new Error(cut)))).rejects.toThrow(cut);
    expect((await a.explain('cut')).failure?.message).toBe(`Error: ${'x'.repeat(192)} `);
  });

  it('refreshes in the background once for all processes', async () => {
    const options = { ttlMs: 1000, staleWhileRevalidateMs: 5000 };
    const caches = [1, 2, 3].map(() => stage.cache<number>(options));
    await caches[0]?.getOrSet('x', () => 1);
    await stage.clock.advance(1000);
    let runs = 0;
    const answers = caches.flatMap((cache) => [1, 2].map(() => cache.getOrSet('x', () => 100 + runs++)));
    expect(new Set(await Promise.all(answers))).toEqual(new Set([1]));
    await settle();
    expect(runs).toBe(1);
    expect(await caches[2]?.getOrSet('x', () => -1)).toBe(100);
  });

  it('the local tier never outlives what Redis has left', async () => {
    const [a, b] = [stage.cache<number>({ ttlMs: 1000 }), stage.cache<number>({ ttlMs: 1000 })];
    await a.getOrSet('x', () => 1);
    await stage.clock.advance(600);
    expect(await b.getOrSet('x', () => 2)).toBe(1);
    expect((await b.explain('x')).local?.freshForMs).toBe(400);
  });

  it('takes up to the jitter off the ttl, never more', async () => {
    const cache = stage.cache<number>({ ttlMs: 1000, jitter: 0.5, local: false });
    const ttls: number[] = [];
    for (let i = 0; i < 50; i++) {
      await cache.getOrSet(`k${i}`, () => i);
      ttls.push((await cache.explain(`k${i}`)).redis?.ttlMs ?? 0);
    }
    expect(Math.min(...ttls)).toBeGreaterThanOrEqual(500);
    expect(Math.max(...ttls)).toBeLessThanOrEqual(1000);
    expect(new Set(ttls).size).toBeGreaterThan(20);
  });

  it('failures in a row are remembered twice as long each, up to the most, and forgotten after success or quiet', async () => {
    const caches = [1, 2].map(() => stage.cache<number>({ errorTtlMs: 1000 }));
    const begun = stage.clock.monotonic();
    const runs: number[] = [];
    let works = false;
    const load = (): number => {
      runs.push((stage.clock.monotonic() - begun) / 1000);
      if (works) return 1;
      throw new Error('down');
    };
    // Whoever asks, one process or the other, once every half second.
    const ask = async (seconds: number): Promise<void> => {
      for (let turn = 0; turn < 2 * seconds; turn++) {
        await caches[turn % 2]?.getOrSet('x', load).catch(() => undefined);
        await stage.clock.advance(500);
      }
    };
    await ask(50);
    expect(runs).toEqual([0, 1, 3, 7, 15, 25, 35, 45]);
    expect((await caches[0]?.explain('x'))?.failure).toMatchObject({ inARow: 8, message: 'Error: down' });
    works = true;
    await ask(6);
    expect(runs.splice(0)).toHaveLength(9);
    await caches[0]?.remove('x');
    works = false;
    await ask(2);
    expect(runs.splice(0)).toEqual([56, 57]);
    // The second was remembered for two seconds, and counted for two more.
    await stage.clock.advance(4000);
    await ask(2);
    expect(runs).toEqual([62, 63]);
  });

  it('without backoff where the most is the first', async () => {
    const cache = stage.cache<number>({ errorTtlMs: 1000, maxErrorTtlMs: 1000 });
    let runs = 0;
    for (let second = 0; second < 5; second++) {
      await expect(cache.getOrSet('x', () => Promise.reject(new Error(`${runs++}`)))).rejects.toThrow();
      await stage.clock.advance(1000);
    }
    expect(runs).toBe(5);
    expect(() => stage.cache({ errorTtlMs: 1000, maxErrorTtlMs: 999 })).toThrow(/maxErrorTtlMs/);
  });

  it('the loader is given what is stale, if it may still serve for errors', async () => {
    const cache = stage.cache<number>({ ttlMs: 1000, staleIfErrorMs: 1000 });
    const seen: (number | undefined)[] = [];
    const load = ({ stale }: { readonly stale: number | undefined }): number => {
      seen.push(stale);
      return seen.length;
    };
    for (const waitMs of [0, 1500, 2500]) {
      await stage.clock.advance(waitMs);
      await cache.getOrSet('x', load);
    }
    expect(seen).toEqual([undefined, 1, undefined]);
  });

  it('the local tier is bounded by entries and by bytes, and counts what it gave up', async () => {
    const few = stage.cache<string>({ name: 'few', local: { maxEntries: 10 } });
    const small = stage.cache<string>({ name: 'small', local: { maxBytes: 5000 } });
    for (let i = 0; i < 50; i++) {
      for (const cache of [few, small]) await cache.getOrSet(`k${i}`, () => 'v'.repeat(100), { tags: ['t'] });
    }
    expect(few.stats().local).toMatchObject({ entries: 10, evictions: 40 });
    const { entries, bytes, evictions } = small.stats().local;
    expect([entries + evictions, bytes <= 5000, entries > 10]).toEqual([50, true, true]);
    await small.getOrSet('large', () => 'v'.repeat(6000));
    expect(small.peek('large')).toBeUndefined();
    expect(small.peek('k49')).toBe('v'.repeat(100));
  });

  it('null lives shorter', async () => {
    const cache = stage.cache<number | null>({ ttlMs: 60_000, negativeTtlMs: 100 });
    await cache.getOrSet('x', () => null);
    await stage.clock.advance(100);
    expect(await cache.getOrSet('x', () => 1)).toBe(1);
  });
});

describe('patience', () => {
  it('soft timeout: what is stale is served, and the late result is stored', async () => {
    const cache = stage.cache<number>({ ttlMs: 1000, staleIfErrorMs: 60_000, softTimeoutMs: 100 });
    await cache.getOrSet('x', () => 1);
    await stage.clock.advance(1000);
    const gate = createGate<number>();
    const answer = cache.getOrSet('x', () => gate.opened);
    await stage.clock.advance(100);
    expect(await answer).toBe(1);
    gate.open(2);
    await settle();
    expect(cache.peek('x')).toBe(2);
    expect(cache.stats().stale.slow).toBe(1);
  });

  it('hard timeout: a typed error, and the late result is stored', async () => {
    const cache = stage.cache<number>({ hardTimeoutMs: 200 });
    const gate = createGate<number>();
    const refused = expect(cache.getOrSet('x', () => gate.opened)).rejects.toMatchObject({
      code: 'LOAD_TIMEOUT',
      timeoutMs: 200,
    });
    await stage.clock.advance(200);
    await refused;
    gate.open(2);
    await settle();
    expect(await cache.get('x')).toBe(2);
  });

  it('a signal ends the waiting of its caller alone', async () => {
    const cache = stage.cache<number>();
    const gate = createGate<number>();
    const controller = new AbortController();
    const patient = cache.getOrSet('x', () => gate.opened);
    const refused = expect(cache.getOrSet('x', () => 9, { signal: controller.signal })).rejects.toMatchObject(
      { code: 'ABORTED' },
    );
    await settle();
    controller.abort();
    await refused;
    gate.open(1);
    expect(await patient).toBe(1);
  });

  it('trap 10: the lease of a loader that never settles passes on, and its late value is refused', async () => {
    const [a, b] = [stage.cache<string>({ leaseMs: 1000 }), stage.cache<string>({ leaseMs: 1000 })];
    const gate = createGate<string>();
    let aborted: AbortSignal | undefined;
    const first = a.getOrSet(
      'x',
      ({ signal }) => {
        aborted = signal;
        return gate.opened;
      },
      { hardTimeoutMs: 60_000 },
    );
    await settle();
    const second = b.getOrSet('x', () => 'second');
    await stage.clock.advance(999);
    expect(b.stats().loads).toBe(0);
    await stage.clock.advance(502);
    expect(await second).toBe('second');
    expect(aborted?.aborted).toBe(true);
    gate.open('late');
    expect(await first).toBe('late');
    expect(await b.get('x')).toBe('second');
    expect(await a.get('x')).toBe('second');
    expect(a.stats().fillsRefused).toBe(1);
  });
});
