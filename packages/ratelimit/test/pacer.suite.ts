import type { MatrixContext } from '@penknife/matrix';
import { expect, it } from 'vitest';
import { createPacer } from '../src/index.js';

const response = (status: number, headers: Record<string, string> = {}) => ({
  status,
  headers: new Headers(headers),
});

/** Calls to others, on whatever the context runs on. */
export function pacerSuite(context: MatrixContext): void {
  it('what one process learns from a refusal keeps all away, and a shorter one does not shorten it', async () => {
    const [here, there] = await Promise.all(
      [1, 2].map(async () => createPacer(await context.driver(), { policy: '100/s' })),
    );
    expect(await here?.run('up', async () => response(200))).toMatchObject({ response: { status: 200 } });
    await here?.run('up', async () => response(429, { 'retry-after': '120' }));
    expect(await here?.observe('up', response(429, { 'retry-after': '60' }))).toBe(60_000);
    const away = await there?.turn('up', { maxWaitMs: 1000 });
    expect(away).toMatchObject({ allowed: false, reason: 'blocked' });
    expect(away?.retryAfterMs).toBeGreaterThan(60_000);
    const called: string[] = [];
    const outcome = await there?.run(
      'up',
      async () => {
        called.push('called');
        return response(200);
      },
      { maxWaitMs: 1000 },
    );
    expect([outcome?.response, called]).toEqual([null, []]);
    expect((await there?.turn('other'))?.allowed).toBe(true);
  });

  it('waits for the end of a short refusal, and goes on', async () => {
    const driver = await context.driver();
    const pacer = createPacer(driver, { policy: '1000/s', unknownBackoff: 40 });
    await pacer.observe('up', response(503));
    const before = driver.clock.monotonic();
    const pending = pacer.turn('up');
    for (let i = 0; i < 4; i++) await context.advance(20);
    expect((await pending).allowed).toBe(true);
    expect(driver.clock.monotonic() - before).toBeGreaterThanOrEqual(39);
  });

  it('a response is never lost, also when what it says cannot be written down', async () => {
    const pacer = createPacer(await context.driver(), { policy: '1000/s', deadlineMs: 5 });
    // A quota with nothing left: the call was made.
    const made = response(200, { 'ratelimit-remaining': '0', 'ratelimit-reset': '60' });
    const pending = pacer.run(
      'up',
      async () => {
        await context.faults.pause?.('pk:rl1:penalty:{up}:pacer');
        return made;
      },
      { deadlineMs: 5000 },
    );
    for (let i = 0; i < 4; i++) await context.advance(5);
    expect((await pending).response).toBe(made);
    await context.faults.resume?.('pk:rl1:penalty:{up}:pacer');
    // What is no response is the caller's mistake, and told as one.
    const nothing = pacer.run('other', async () => undefined as unknown as Response, { deadlineMs: 5000 });
    await expect(nothing).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  });

  context.where(context.column.memory, 'needs hours')(
    'a refusal that comes while calls are booked makes them wait for its end',
    async () => {
      const driver = await context.driver();
      const pacer = createPacer(driver, { policy: '1/min burst 1', longestWait: '1h' });
      await pacer.turn('up');
      let came = 0;
      const booked = pacer.turn('up').then((result) => {
        came = driver.clock.monotonic();
        return result;
      });
      await context.advance(1000);
      const start = driver.clock.monotonic();
      await pacer.observe('up', response(429, { 'retry-after': '600' }));
      await context.advance(900_000);
      expect((await booked).allowed).toBe(true);
      expect(came - start).toBeGreaterThanOrEqual(600_000);
      const ending = new AbortController();
      await pacer.observe('up', response(429, { 'retry-after': '600' }));
      const aborted = pacer.turn('up', { signal: ending.signal });
      await context.advance(1000);
      ending.abort(new Error('enough'));
      await expect(aborted).rejects.toMatchObject({ code: 'ABORTED' });
    },
  );
}
