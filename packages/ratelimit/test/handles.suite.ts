import { getEventListeners } from 'node:events';
import { ServerError } from '@penknife/core';
import type { MatrixContext } from '@penknife/matrix';
import { expect, it, vi } from 'vitest';
import { createRateLimiter, type LimiterDriver, type Policy, rateLimitKeys } from '../src/index.js';

const reservingAlgorithms = [
  'gcra',
  'leaky-bucket',
  'token-bucket',
  'fixed-window',
  'sliding-window-counter',
  'sliding-window-log',
] as const;

/** Leases, waiting, reservations and penalties, on whatever the context runs on. */
export function handlesSuite(context: MatrixContext): void {
  const keys = rateLimitKeys.in('pk');

  const { memory } = context.column;
  const timed = context.where(memory, 'the order of events within some ms would depend on a quiet machine');

  it('concurrency: units are in use until they are given back, or their lease ends', async () => {
    const driver = await context.driver();
    const limiter = createRateLimiter(driver, { policy: 'concurrency 3 lease 30s' });
    const first = await limiter.check('a', { cost: 2 });
    expect(first).toMatchObject({ allowed: true, remaining: 1 });
    expect(await limiter.check('a', { cost: 4 })).toMatchObject({ reason: 'cost_exceeds_capacity' });
    const leases = (): Promise<unknown> =>
      context.admin('ZRANGE', keys.leases('a', 'default'), 0, -1, 'WITHSCORES');
    const before = await leases();
    const denied = await limiter.check('a', { cost: 2 });
    // trap 4: denied, the state is bit-identical.
    expect(await leases()).toEqual(before);
    expect(denied).toMatchObject({ allowed: false, remaining: 1 });
    expect(denied.retryAfterMs).toBeLessThanOrEqual(30_000);
    expect(await limiter.extend('a', first)).toBe(true);
    expect(await limiter.refund('a', first)).toBe(2);
    expect(await limiter.refund('a', first)).toBe(0);
    expect(await limiter.extend('a', first)).toBe(false);
    const brief = createRateLimiter(driver, { policy: 'concurrency 3 lease 50ms', name: 'brief' });
    const second = await brief.check('a', { cost: 3 });
    expect(second.allowed).toBe(true);
    expect(Number(await context.admin('PTTL', keys.leases('a', 'brief')))).not.toBe(-1);
    await context.advance(52);
    expect((await brief.peek('a')).remaining).toBe(3);
    expect(await brief.extend('a', second)).toBe(false);
    expect(await brief.refund('a', second)).toBe(0);
  });

  it('concurrency: work runs under a lease that ends with it; denied, it does not run', async () => {
    const limiter = createRateLimiter(await context.driver(), { policy: 'concurrency 1 lease 30s' });
    const outcome = await limiter.hold('a', {}, async (signal) => {
      expect(await limiter.hold('a', {}, async () => 'never')).toMatchObject({ held: false });
      return signal.aborted;
    });
    expect(outcome).toMatchObject({ held: true, value: false });
    expect((await limiter.peek('a')).remaining).toBe(1);
    await expect(limiter.hold('a', {}, () => Promise.reject(new Error('work')))).rejects.toThrow('work');
    expect((await limiter.peek('a')).remaining).toBe(1);
  });

  it('concurrency: work hears of the caller’s signal, with which nothing stays', async () => {
    const limiter = createRateLimiter(await context.driver(), { policy: 'concurrency 1 lease 30s' });
    const caller = new AbortController();
    const any = vi.spyOn(AbortSignal, 'any');
    try {
      for (let i = 0; i < 3; i++) await limiter.hold('a', { signal: caller.signal }, async () => i);
      expect(getEventListeners(caller.signal, 'abort')).toEqual([]);
      expect(any).not.toHaveBeenCalled();
    } finally {
      any.mockRestore();
    }
    const outcome = await limiter.hold('a', { signal: caller.signal }, async (signal) => {
      caller.abort('enough');
      return signal.reason;
    });
    expect(outcome).toMatchObject({ held: true, value: 'enough' });
    expect((await limiter.peek('a')).remaining).toBe(1);
  });

  timed('concurrency: a lease is extended while work runs, and its loss aborts the signal', async () => {
    const limiter = createRateLimiter(await context.driver(), { policy: 'concurrency 1 lease 90ms' });
    const kept = await limiter.hold('a', {}, async (signal) => {
      for (let i = 0; i < 10; i++) await context.advance(40);
      expect(await limiter.check('a')).toMatchObject({ allowed: false, reason: 'limit' });
      return signal.aborted;
    });
    expect(kept).toMatchObject({ held: true, value: false });
    const lost = await limiter.hold('a', {}, async (signal) => {
      await limiter.reset('a');
      await context.advance(60);
      return signal.aborted;
    });
    expect(lost).toMatchObject({ held: true, value: true });
  });

  timed('concurrency: a lease under a policy of the call is renewed by that policy', async () => {
    const limiter = createRateLimiter(await context.driver(), { policy: 'concurrency 1 lease 1h' });
    const kept = await limiter.hold('a', { policy: 'concurrency 1 lease 90ms' }, async (signal) => {
      for (let i = 0; i < 10; i++) await context.advance(40);
      expect(await limiter.check('a')).toMatchObject({ allowed: false, reason: 'limit' });
      expect(Number(await context.admin('PTTL', keys.leases('a', 'default')))).toBeLessThanOrEqual(90);
      return signal.aborted;
    });
    expect(kept).toMatchObject({ held: true, value: false });
  });

  it('waiting: each gets a place of its own across processes, and comes when it was said', async () => {
    const drivers = await Promise.all([context.driver(), context.driver()]);
    const limiters = drivers.map((driver) =>
      createRateLimiter(driver, { policy: '1/30ms', longestWait: '1h' }),
    );
    const { clock } = drivers[0];
    const came: number[] = [];
    const before = clock.monotonic();
    const waiting = [0, 1, 2].map(async (i) => {
      await limiters[i % 2]?.wait('a');
      came.push(clock.monotonic() - before);
    });
    for (let i = 0; i < 4; i++) await context.advance(25);
    await Promise.all(waiting);
    // Whenever each of them asked: the last of three places is two steps after the first.
    expect(came.at(-1)).toBeGreaterThanOrEqual(59);
    if (memory) expect(came).toEqual([0, 30, 60]);
  });

  timed('waiting: places are given in the order of asking', async () => {
    const limiter = createRateLimiter(await context.driver(), { policy: '1/min', longestWait: '1h' });
    const order: number[] = [];
    const waiting = [0, 1, 2, 3].map(async (i) => {
      expect((await limiter.wait('a')).allowed).toBe(true);
      order.push(i);
    });
    await context.advance(0);
    expect(await limiter.wait('a', { maxWaitMs: 200_000 })).toMatchObject({
      allowed: false,
      reason: 'limit',
    });
    await context.advance(60_000);
    expect(order).toEqual([0, 1]);
    await context.advance(120_000);
    await Promise.all(waiting);
    expect(order).toEqual([0, 1, 2, 3]);
  });

  it('waiting: an abort gives the last place back, and one in the middle passes unused', async () => {
    const driver = await context.driver();
    const limiter = createRateLimiter(driver, { policy: '1/h', longestWait: '1h', name: 'slow' });
    await limiter.check('a');
    const ending = new AbortController();
    const waiting = limiter.wait('a', { signal: ending.signal });
    const booked = async (): Promise<boolean> => ((await limiter.peek('a')).retryAfterMs ?? 0) > 3_600_000;
    while (!(await booked())) await context.advance(1);
    ending.abort(new Error('gone'));
    await expect(waiting).rejects.toMatchObject({ code: 'ABORTED' });
    expect(await booked()).toBe(false);
    await expect(limiter.wait('a', { signal: AbortSignal.abort() })).rejects.toMatchObject({ sent: 'no' });
    await expect(limiter.wait('a', { maxWaitMs: 3_600_001 })).rejects.toThrow(/maxWaitMs must be/);
    await expect(createRateLimiter(driver, { policy: '1/h' }).wait('a')).rejects.toThrow(/longestWait must/);
  });

  it('work under a lease keeps its outcome when its lease cannot be given back, and who gives up waiting hears so', async () => {
    const driver = await context.driver();
    let away = false;
    const failing: LimiterDriver = {
      ...driver,
      send: (command, options) =>
        away
          ? Promise.reject(new ServerError('NOPERM this user has no permissions'))
          : driver.send(command, options),
    };
    const leases = createRateLimiter(failing, { policy: 'concurrency 1 lease 1h', name: 'away' });
    const outcome = await leases.hold('a', {}, async () => {
      away = true;
      return 'paid';
    });
    expect(outcome).toMatchObject({ held: true, value: 'paid' });
    away = false;
    const limiter = createRateLimiter(failing, { policy: '1/h', longestWait: '1h', name: 'left' });
    await limiter.check('a');
    const leaving = new AbortController();
    const waiting = expect(limiter.wait('a', { signal: leaving.signal })).rejects.toMatchObject({
      code: 'ABORTED',
    });
    while (((await limiter.peek('a')).retryAfterMs ?? 0) <= 3_600_000) await context.advance(1);
    away = true;
    leaving.abort(new Error('enough'));
    await waiting;
  });

  it('reservations: an estimate is settled once, down or up, and comes back when nobody does', async () => {
    const driver = await context.driver();
    const limiter = createRateLimiter(driver, { policy: '1000/d', reservations: '1m' });
    const lower = await limiter.reserve('a', { cost: 600 });
    expect((await limiter.reserve('a', { cost: 600 })).result.allowed).toBe(false);
    expect(await lower.settle(100)).toMatchObject({ settled: true, remaining: 900 });
    expect(await lower.settle(100)).toMatchObject({ settled: false });
    const higher = await limiter.reserve('a', { cost: 100 });
    expect(await higher.settle(900)).toMatchObject({ settled: true, remaining: 0 });
    expect((await limiter.check('a')).allowed).toBe(false);
    const brief = createRateLimiter(driver, { policy: '1000/d', reservations: 40, name: 'brief' });
    const forgotten = await brief.reserve('a', { cost: 700 });
    expect(Number(await context.admin('PTTL', keys.reservations('a', 'brief')))).not.toBe(-1);
    await context.advance(42);
    expect((await brief.peek('a')).remaining).toBe(1000);
    expect(await forgotten.settle(700)).toMatchObject({ settled: false });
    await expect(forgotten.settle(-1)).rejects.toThrow(/cost must be/);
    await expect(createRateLimiter(driver, { policy: '1/h' }).reserve('a')).rejects.toThrow(
      /reservations must/,
    );
  });

  it('reservations: what a settlement leaves is told as it is, by every algorithm', async () => {
    const driver = await context.driver();
    for (const algorithm of reservingAlgorithms) {
      const policy = `${algorithm} 100/d` as Policy;
      const limiter = createRateLimiter(driver, { policy, reservations: '1m', name: `told-${algorithm}` });
      const first = await limiter.reserve('a', { cost: 40 });
      const second = await limiter.reserve('a', { cost: 40 });
      expect(await first.settle(10), algorithm).toMatchObject({ settled: true, remaining: 50 });
      expect(await second.settle(0), algorithm).toMatchObject({ settled: true, remaining: 90 });
    }
  });

  timed(
    'reservations: what nobody settled comes back however late somebody asks, and how many they are',
    async () => {
      const driver = await context.driver();
      for (const algorithm of reservingAlgorithms) {
        const policy = `${algorithm} 100/d` as Policy;
        const limiter = createRateLimiter(driver, { policy, reservations: '2m', name: algorithm });
        await limiter.reserve('one', { cost: 100 });
        await context.advance(240_000);
        expect(await limiter.check('one', { cost: 50 }), algorithm).toMatchObject({ allowed: true });
        const count = algorithm === 'sliding-window-log' ? 20 : 100;
        for (let i = 0; i < count; i++) await limiter.reserve('many');
        await context.advance(130_000);
        expect(await limiter.check('many', { cost: 100 }), algorithm).toMatchObject({ allowed: true });
        const kept = Number(await context.admin('PTTL', keys.reservations('one', algorithm)));
        expect(kept).toBeLessThanOrEqual(2 * 86_400_000 + 60_000);
      }
    },
  );

  it('blocks after repeated denials, and forgets with reset', async () => {
    const limiter = createRateLimiter(await context.driver(), {
      policy: '1/h',
      penalty: { ladder: ['2h'], after: 2 },
    });
    await limiter.check('a');
    expect(await limiter.check('a')).toMatchObject({ reason: 'limit' });
    expect(await limiter.check('a')).toMatchObject({ reason: 'blocked', retryAfterMs: 7_200_000 });
    expect((await limiter.peek('a')).reason).toBe('blocked');
    expect(await limiter.reset('a')).toBe(true);
    expect((await limiter.check('a')).allowed).toBe(true);
  });

  timed('trap 17: blocks grow by the ladder, have a ceiling, and are forgotten step by step', async () => {
    const ladder = ['1m', '10m'] as const;
    const limiter = createRateLimiter(await context.driver(), {
      policy: '1/d',
      penalty: { ladder, after: 2, decay: '1h' },
    });
    await limiter.check('a');
    const blockedFor = async (): Promise<number | null> => {
      await limiter.check('a');
      expect(await limiter.check('a')).toMatchObject({ allowed: false, reason: 'blocked' });
      const until = Number(String(await context.admin('GET', keys.penalty('a', 'default'))).split(' ')[0]);
      return until / 1000 - context.clock.now();
    };
    expect(await blockedFor()).toBe(60_000);
    await context.advance(60_000);
    expect(await blockedFor()).toBe(600_000);
    await context.advance(600_000);
    for (let i = 0; i < 50; i++) {
      expect(await blockedFor()).toBe(600_000);
      await context.advance(600_000);
    }
    expect(Number(await context.admin('PTTL', keys.penalty('a', 'default')))).toBeLessThanOrEqual(
      3 * 3_600_000,
    );
    await context.advance(3_600_000);
    expect(await blockedFor()).toBe(600_000);
    await context.advance(600_000 + 2 * 3_600_000);
    expect(await blockedFor()).toBe(60_000);
  });

  it('blocks by hand, and lifts them', async () => {
    const driver = await context.driver();
    const limiter = createRateLimiter(driver, { policy: '10/h', penalty: {} });
    await limiter.block('a', '1h');
    expect(await limiter.check('a')).toMatchObject({ allowed: false, reason: 'blocked', remaining: 10 });
    await limiter.block('a', 0);
    expect((await limiter.check('a')).allowed).toBe(true);
    await expect(createRateLimiter(driver, { policy: '1/h' }).block('a', 1)).rejects.toThrow(/penalty must/);
  });

  it('trap 15: the first call after SCRIPT FLUSH is decided as any other', async () => {
    const limiter = createRateLimiter(await context.driver(), { policy: '2/h' });
    await limiter.check('a');
    await context.admin('SCRIPT', 'FLUSH');
    expect(await limiter.check('a')).toMatchObject({ allowed: true, remaining: 0 });
  });

  it('trap 9: one command a decision, and a call cut in the middle is never sent again', async () => {
    const driver = await context.driver();
    const limiter = createRateLimiter(driver, { policy: '5/h' });
    await limiter.check('a');
    const { calls } = await context.counts(() => limiter.check('a'));
    expect((calls.evalsha ?? 0) + (calls.eval ?? 0)).toBe(1);
    await context.faults.cutConnections?.();
    await Promise.allSettled([limiter.check('a'), limiter.check('a')]);
    expect((await limiter.peek('a')).remaining).toBeGreaterThanOrEqual(1);
  });

  it('trap 12: a reset names its keys, and looks for none', async () => {
    const limiter = createRateLimiter(await context.driver(), { policy: '5/h', penalty: {} });
    await limiter.check('a');
    const { calls } = await context.counts(() => limiter.reset('a'));
    expect(calls).toEqual({ del: 1 });
  });

  const single = !memory && context.column.topology === 'single';
  context.where(
    single,
    'memory has no bytes to count, and a key of a cluster also carries links of its slot',
  )('a key takes no more bytes than planned', async () => {
    const driver = await context.driver();
    const bytes = async (policy: Policy, kind: 'gcra' | 'counter' | 'bucket'): Promise<number> => {
      const limiter = createRateLimiter(driver, { policy, name: 'n' });
      await limiter.check('user-1234');
      return Number(await context.admin('MEMORY', 'USAGE', keys[kind]('user-1234', 'n')));
    };
    expect(await bytes('100/min', 'gcra')).toBeLessThanOrEqual(80);
    expect(await bytes('sliding-window-counter 100/min', 'counter')).toBeLessThanOrEqual(110);
    expect(await bytes('token-bucket 100/min', 'bucket')).toBeLessThanOrEqual(125);
  });
}
