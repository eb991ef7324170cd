import { DeadlineError } from '@penknife/core';
import type { MatrixContext } from '@penknife/matrix';
import { expect, it } from 'vitest';
import {
  type CheckOptions,
  cacheDenials,
  createLocalLimiter,
  createPacer,
  createRateLimiter,
  createRateLimits,
  guardLimiter,
  guardLimits,
  observeLimiter,
  observeLimits,
  simulate,
  sliceLimiter,
} from '../src/index.js';

/** Layers around a limiter, on whatever the context runs on. */
export function layersSuite(context: MatrixContext): void {
  const evaluations = async (run: () => Promise<unknown>): Promise<number> => {
    const { calls } = await context.counts(run);
    return (calls.evalsha ?? 0) + (calls.eval ?? 0);
  };

  it('a denial is remembered for its cost; another is asked for, and told what it has to wait itself', async () => {
    const driver = await context.driver();
    const limiter = cacheDenials(driver, createRateLimiter(driver, { policy: '10/h' }), { longest: '1h' });
    const charged = await limiter.check('a', { cost: 8 });
    expect(await limiter.check('a', { cost: 5 })).toMatchObject({ allowed: false, source: 'server' });
    const sent = await evaluations(async () => {
      for (const cost of [5, 5])
        expect(await limiter.check('a', { cost })).toMatchObject({ allowed: false, source: 'cache', cost });
    });
    expect(sent).toBe(0);
    const larger = await limiter.check('a', { cost: 10 });
    expect(larger).toMatchObject({ allowed: false, source: 'server' });
    expect(larger.retryAfterMs).toBeGreaterThan(2_000_000);
    expect(await limiter.check('a', { cost: 11 })).toMatchObject({
      reason: 'cost_exceeds_capacity',
      retryAfterMs: null,
    });
    expect(await limiter.check('a', { cost: 1 })).toMatchObject({ allowed: true, source: 'server' });
    await limiter.refund('a', charged);
    expect(await limiter.check('a', { cost: 5 })).toMatchObject({ allowed: true, source: 'server' });
    const concurrent = createRateLimiter(driver, { policy: 'concurrency 1' });
    expect(() => cacheDenials(driver, concurrent)).toThrow(/must not be a concurrency/);
  });

  it('a denial that was on its way when the identifier was given back is not remembered', async () => {
    const driver = await context.driver();
    const limiter = createRateLimiter(driver, { policy: '1/h' });
    const charged = await limiter.check('a');
    let answer = (): void => undefined;
    const mayAnswer = new Promise<void>((resolve) => {
      answer = resolve;
    });
    const slow = cacheDenials(
      driver,
      {
        ...limiter,
        async check(identifier, options) {
          const result = await limiter.check(identifier, options);
          await mayAnswer;
          return result;
        },
      },
      { longest: '1h' },
    );
    const denied = slow.check('a');
    // The same connection: it was asked before this.
    await slow.refund('a', charged);
    answer();
    expect((await denied).allowed).toBe(false);
    expect(await slow.check('a')).toMatchObject({ allowed: true, source: 'server' });
  });

  it('a call served from slices is given up by its signal or its deadline, and takes nothing', async () => {
    const driver = await context.driver();
    const limiter = createRateLimiter(driver, { policy: 'fixed-window 100/30d' });
    let answer = (): void => undefined;
    const mayAnswer = new Promise<void>((resolve) => {
      answer = resolve;
    });
    const slow = {
      ...limiter,
      async check(identifier: string, options?: CheckOptions) {
        const result = await limiter.check(identifier, options);
        await mayAnswer;
        return result;
      },
    };
    const sliced = sliceLimiter(driver, slow, { units: 10, lasts: '1h' });
    const gone = { signal: AbortSignal.abort(new Error('gone')) };
    await expect(sliced.check('a', gone)).rejects.toMatchObject({ code: 'ABORTED', sent: 'no' });
    expect((await limiter.peek('a')).remaining).toBe(100);
    const leaving = new AbortController();
    const aborted = expect(sliced.check('a', { signal: leaving.signal })).rejects.toMatchObject({
      code: 'ABORTED',
    });
    const late = expect(sliced.check('a', { deadlineMs: 5 })).rejects.toMatchObject({ code: 'DEADLINE' });
    leaving.abort();
    await context.advance(10);
    await Promise.all([aborted, late]);
    answer();
    expect(await sliced.check('a')).toMatchObject({ source: 'slice' });
    await sliced.close();
    expect((await limiter.peek('a')).remaining).toBe(99);
  });

  it('a refund or reset that may have been done is believed: the denial is asked for again', async () => {
    const driver = await context.driver();
    const limiter = createRateLimiter(driver, { policy: '1/d' });
    const late = { code: 'DEADLINE' };
    const cached = cacheDenials(
      driver,
      {
        ...limiter,
        async refund(...call: Parameters<typeof limiter.refund>) {
          await limiter.refund(...call);
          throw new DeadlineError(5);
        },
        async reset(...call: Parameters<typeof limiter.reset>) {
          await limiter.reset(...call);
          throw new DeadlineError(5);
        },
      },
      { longest: '1h' },
    );
    const charged = await cached.check('a');
    expect((await cached.check('a')).allowed).toBe(false);
    await expect(cached.refund('a', charged)).rejects.toMatchObject(late);
    expect(await cached.check('a')).toMatchObject({ allowed: true, source: 'server' });
    expect((await cached.check('a')).allowed).toBe(false);
    await expect(cached.reset('a')).rejects.toMatchObject(late);
    expect(await cached.check('a')).toMatchObject({ allowed: true, source: 'server' });
  });

  const timed = context.where(context.column.memory, 'how long an answer takes depends on the machine');
  timed('what is left of a wait or a deadline counts from the answer, and from the call', async () => {
    const driver = await context.driver();
    const limiter = createRateLimiter(driver, { policy: '8/8s' });
    await limiter.check('a', { cost: 8 });
    const told: (number | undefined)[] = [];
    const slow = {
      ...limiter,
      async check(identifier: string, options?: CheckOptions) {
        told.push(options?.deadlineMs);
        const result = await limiter.check(identifier, options);
        await driver.clock.sleep(30);
        return result;
      },
    };
    const cached = cacheDenials(driver, slow);
    const denied = cached.check('a');
    await context.advance(30);
    expect((await denied).retryAfterMs).toBe(1000);
    expect(await cached.check('a')).toMatchObject({ source: 'cache', retryAfterMs: 1000 });
    const served = sliceLimiter(driver, slow, { units: 2 }).check('a', { deadlineMs: 100 });
    await context.advance(60);
    expect((await served).allowed).toBe(false);
    expect(told).toEqual([undefined, undefined, 70]);
  });

  it('a remembered denial ends when the server would allow', async () => {
    const driver = await context.driver();
    const limiter = cacheDenials(driver, createRateLimiter(driver, { policy: '1/50ms' }));
    await limiter.check('a');
    await limiter.check('a');
    await context.advance(52);
    expect(await limiter.check('a')).toMatchObject({ allowed: true, source: 'server' });
  });

  it('a slice serves many calls with one command, and the fleet admits no more than the limit and a slice each', async () => {
    const drivers = [await context.driver(), await context.driver()];
    const limiters = drivers.map((driver) =>
      sliceLimiter(driver, createRateLimiter(driver, { policy: '100/d' }), { units: 10, lasts: '1h' }),
    );
    // The server may not know the script yet.
    await limiters[0]?.check('warm');
    const sent = await evaluations(async () => {
      for (let i = 0; i < 10; i++) expect((await limiters[0]?.check('a'))?.allowed).toBe(true);
    });
    expect(sent).toBe(1);
    let allowed = 10;
    for (let i = 0; i < 150; i++) if ((await limiters[i % 2]?.check('a'))?.allowed) allowed++;
    expect(allowed).toBe(100);
    await Promise.all(limiters.map((limiter) => limiter.close()));
  });

  it('a result served from a slice is refunded once, however often it is handed back', async () => {
    const driver = await context.driver();
    const sliced = sliceLimiter(driver, createRateLimiter(driver, { policy: '100/d' }), { units: 10 });
    const results = [];
    for (let i = 0; i < 5; i++) results.push(await sliced.check('again'));
    const last = results.at(-1);
    if (last === undefined) throw new Error('nothing was served');
    expect(last.source).toBe('slice');
    expect(await sliced.refund('again', last)).toBe(1);
    expect(await sliced.refund('again', last)).toBe(0);
    await sliced.close();
  });

  it('what is left of a slice goes back', async () => {
    const driver = await context.driver();
    const limiter = createRateLimiter(driver, { policy: 'fixed-window 100/d' });
    const sliced = sliceLimiter(driver, limiter, { units: 20, lasts: '1h' });
    const [result] = await Promise.all([sliced.check('a'), sliced.check('a'), sliced.check('a')]);
    expect(result).toMatchObject({ allowed: true, source: 'slice' });
    expect(await sliced.refund('a', result)).toBe(1);
    expect((await limiter.peek('a')).remaining).toBe(80);
    await sliced.close();
    expect((await limiter.peek('a')).remaining).toBe(98);
    expect(() => sliceLimiter(driver, limiter, { units: 26 })).toThrow(/at most a quarter/);
  });

  it('a slice on its way when all are given back goes back too', async () => {
    const driver = await context.driver();
    const limiter = createRateLimiter(driver, { policy: 'fixed-window 100/d' });
    const sliced = sliceLimiter(driver, limiter, { units: 20, lasts: '1h' });
    const onItsWay = sliced.check('a');
    await sliced.close();
    expect(await onItsWay).toMatchObject({ allowed: true, source: 'slice' });
    expect((await limiter.peek('a')).remaining).toBe(99);
    expect(await sliced.check('a')).toMatchObject({ allowed: true, source: 'server' });
    expect((await limiter.peek('a')).remaining).toBe(98);
  });

  it('a result of a slice that is over is not given back into the next one', async () => {
    const driver = await context.driver();
    const sliced = sliceLimiter(driver, createRateLimiter(driver, { policy: '100/d' }), { units: 2 });
    const early = await sliced.check('a');
    await sliced.check('a');
    await sliced.check('a');
    expect(early.source).toBe('slice');
    expect(await sliced.refund('a', early)).toBe(0);
    await sliced.close();
  });

  it('layers refuse calls that say nonsense as limiters do', async () => {
    const driver = await context.driver();
    const limiter = createRateLimiter(driver, { policy: '100/h' });
    const layers = {
      guarded: guardLimiter(driver, limiter, { fallback: 'local', deadlineMs: 5000 }),
      cached: cacheDenials(driver, limiter),
      sliced: sliceLimiter(driver, limiter, { units: 5 }),
      observed: observeLimiter(limiter, {}),
      local: createLocalLimiter(driver, { policy: '100/h' }),
    };
    const pacer = createPacer(driver, { policy: '9/s' });
    for (const [argument, call] of [
      ['response', () => pacer.observe('a', null as never)],
      ['response', () => pacer.observe('a', {} as never)],
      ['call', () => pacer.run('a', null as never)],
      ['options', () => pacer.turn('a', null as never)],
    ] as const)
      await expect(call(), argument).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', argument });
    for (const [argument, run] of [
      ['trace', () => simulate('1/s', null as never)],
      ['arrival', () => simulate('1/s', [null as never])],
      ['options', () => simulate('1/s', [], null as never)],
    ] as const)
      expect(run, argument).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT', argument }));
    for (const [name, layer] of Object.entries(layers)) {
      const refused = (argument: string, call: Promise<unknown>): Promise<void> =>
        expect(call, name).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', argument });
      await refused('options', layer.check('a', null as never));
      await refused('options', layer.peek('a', null as never));
      await refused('result', layer.refund('a', undefined as never));
      await refused('identifier', layer.check(''));
    }
  });

  it('a layer goes around one limiter, and has options', async () => {
    const driver = await context.driver();
    const several = createRateLimits(driver, { limits: { a: '1/s' } }) as never;
    const none = { ...createRateLimiter(driver, { policy: '9/s' }), policy: null } as never;
    for (const wrong of [several, none, undefined as never, driver as never]) {
      const rule = /^limiter must be one limiter/;
      expect(() => guardLimiter(driver, wrong, { fallback: 'open' })).toThrow(rule);
      expect(() => cacheDenials(driver, wrong)).toThrow(rule);
      expect(() => sliceLimiter(driver, wrong, { units: 1 })).toThrow(rule);
      expect(() => observeLimiter(wrong, {})).toThrow(rule);
    }
    const limiter = createRateLimiter(driver, { policy: '9/s' });
    for (const none of [null, undefined, {}] as never[]) {
      const rule = /^driver must be a driver, or have its clock/;
      expect(() => guardLimiter(none, limiter, { fallback: 'open' })).toThrow(rule);
      expect(() => cacheDenials(none, limiter)).toThrow(rule);
      expect(() => sliceLimiter(none, limiter, { units: 1 })).toThrow(rule);
      expect(() => createLocalLimiter(none, { policy: '9/s' })).toThrow(rule);
    }
    expect(() => cacheDenials(driver, limiter, null as never)).toThrow(/^options must be/);
    expect(() => createLocalLimiter(driver, null as never)).toThrow(/^options must be/);
    expect(() => guardLimiter(driver, limiter, undefined as never)).toThrow(/^options must be/);
    expect(() => guardLimiter(driver, limiter, {} as never)).toThrow(/^fallback must be/);
    expect(() => sliceLimiter(driver, limiter, undefined as never)).toThrow(/^options must be/);
  });

  it('shadow mode lets everything pass and says what would have been', async () => {
    const driver = await context.driver();
    const told: string[] = [];
    const limiter = observeLimiter(createRateLimiter(driver, { policy: '5/h' }), {
      shadow: true,
      onNearLimit: (identifier, { remaining }) => told.push(`${identifier} near ${remaining}`),
      onDenied: (identifier, { reason }) => {
        told.push(`${identifier} ${reason}`);
        throw new Error('a listener');
      },
    });
    for (let i = 0; i < 5; i++) await limiter.check('a');
    expect(await limiter.check('a')).toMatchObject({
      allowed: true,
      shadowed: { allowed: false, reason: 'limit' },
    });
    expect(told).toEqual(['a near 1', 'a near 0', 'a limit']);
    await limiter.check('b', { cost: 70, policy: '100/h' });
    await limiter.check('b', { cost: 15, policy: '100/h' });
    expect(told.slice(3)).toEqual(['b near 15']);
  });

  it('shadow mode of several limits lets everything pass, and says which would have denied', async () => {
    const driver = await context.driver();
    const told: string[] = [];
    const all = createRateLimits(driver, {
      name: 'api',
      limits: { hour: '5/h', day: 'fixed-window 50/30d' },
    });
    const limits = observeLimits(all, {
      shadow: true,
      onNearLimit: (identifier, { policy, remaining }) =>
        told.push(`${identifier} ${policy} near ${remaining}`),
      onDenied: (identifier, { policy, reason }) => told.push(`${identifier} ${policy} ${reason}`),
    });
    const identifiers = { hour: 'a', day: 'acme' };
    for (let i = 0; i < 5; i++) await limits.check(identifiers);
    const passed = await limits.check(identifiers);
    expect(passed).toMatchObject({ allowed: true, binding: null, retryAfterMs: 0 });
    expect(passed.results.hour).toMatchObject({
      allowed: true,
      shadowed: { allowed: false, reason: 'limit' },
    });
    expect(passed.results.day).not.toHaveProperty('shadowed');
    expect(await limits.peek(identifiers)).toMatchObject({ allowed: true });
    expect(told).toEqual(['a api.hour near 1', 'a api.hour near 0', 'a api.hour limit']);
    // Denied, none of them was charged.
    expect((await all.peek(identifiers)).results.day.remaining).toBe(45);
    const enforced = observeLimits(all, {});
    expect((await enforced.check(identifiers)).allowed).toBe(false);
    // What a guard adds is not copied: it would never change.
    const guarded = guardLimits(driver, all, { fallback: 'open' });
    expect(Object.keys(observeLimits(guarded, {})).sort()).toEqual(Object.keys(all).sort());
    const single = createRateLimiter(driver, { policy: '1/s' });
    for (const wrong of [single, undefined, driver, { ...all, policies: null }] as never[]) {
      expect(() => observeLimits(wrong, {})).toThrow(/^limits must be several limits/);
      expect(() => guardLimits(driver, wrong, { fallback: 'open' })).toThrow(
        /^limits must be several limits/,
      );
    }
    expect(() => observeLimits(all, undefined as never)).toThrow(/^options must be/);
    expect(() => guardLimits(driver, all, {} as never)).toThrow(/^fallback must be/);
    expect(() => guardLimits({} as never, all, { fallback: 'open' })).toThrow(/^driver must be a driver/);
  });
}
