import { describe, expect, it } from 'vitest';
import { createManualClock, InvalidArgumentError } from '../src/index.js';

describe('the manual clock', () => {
  it('stands still until it is moved, and moves both times', async () => {
    const clock = createManualClock(1_000_000);
    expect([clock.now(), clock.monotonic()]).toEqual([1_000_000, 0]);
    await clock.advance(250.5);
    expect([clock.now(), clock.monotonic()]).toEqual([1_000_250.5, 250.5]);
  });

  it('fires in order of due time, ties as they were made, each at its own time', async () => {
    const clock = createManualClock(0);
    const fired: [string, number][] = [];
    for (const [name, delay] of [
      ['c', 30],
      ['a', 10],
      ['b1', 20],
      ['b2', 20],
      ['late', 31],
    ] as const) {
      clock.timer(delay, () => fired.push([name, clock.monotonic()]));
    }
    await clock.advance(30);
    expect(fired).toEqual([
      ['a', 10],
      ['b1', 20],
      ['b2', 20],
      ['c', 30],
    ]);
    expect(clock.armed).toBe(1);
  });

  it('fires what timers arm on the way, through promises and immediates', async () => {
    const clock = createManualClock(0);
    const woken: number[] = [];
    const loop = async (): Promise<void> => {
      for (let i = 0; i < 5; i++) {
        await clock.sleep(100);
        await new Promise<void>((resolve) => setImmediate(() => setImmediate(resolve)));
        woken.push(clock.monotonic());
      }
    };
    const done = loop();
    await clock.advance(499);
    expect(woken).toEqual([100, 200, 300, 400]);
    await clock.advance(1);
    await done;
    expect(woken).toEqual([100, 200, 300, 400, 500]);
  });

  it('never fires a cancelled timer, also one cancelled by a timer due at the same time', async () => {
    const clock = createManualClock();
    let fired = 0;
    clock.timer(5, () => second.cancel());
    const second = clock.timer(5, () => fired++);
    second.cancel();
    await clock.advance(10);
    expect(fired).toBe(0);
    expect(clock.armed).toBe(0);
  });

  it('takes a sleep back on its signal, leaving no timer', async () => {
    const clock = createManualClock();
    const controller = new AbortController();
    const sleeping = clock.sleep(1000, controller.signal);
    controller.abort(new Error('enough'));
    await expect(sleeping).rejects.toThrow('enough');
    expect(clock.armed).toBe(0);
  });

  it('sets the wall clock without disturbing timers', async () => {
    const clock = createManualClock(0);
    let firedAt: number | undefined;
    clock.timer(100, () => {
      firedAt = clock.now();
    });
    await clock.advance(50);
    clock.setNow(-5000);
    await clock.advance(50);
    expect(firedAt).toBe(-4950);
    expect(clock.monotonic()).toBe(100);
  });

  it('runs the remaining timers when one throws, then tells', async () => {
    const clock = createManualClock();
    let fired = false;
    clock.timer(1, () => {
      throw new Error('planted');
    });
    clock.timer(2, () => {
      fired = true;
    });
    await expect(clock.advance(5)).rejects.toThrow('planted');
    expect(fired).toBe(true);
    expect(clock.monotonic()).toBe(5);
    await clock.advance(1);
    expect(clock.monotonic()).toBe(6);
  });

  it('runs overlapping calls one after another', async () => {
    const clock = createManualClock(0);
    const seen: number[] = [];
    clock.timer(10, () => seen.push(clock.monotonic()));
    clock.timer(15, () => seen.push(clock.monotonic()));
    await Promise.all([clock.advance(10), clock.advance(10)]);
    expect(seen).toEqual([10, 15]);
    expect(clock.monotonic()).toBe(20);
  });

  it.each([-1, Number.NaN, Number.POSITIVE_INFINITY])('refuses to move by %s', async (ms) => {
    await expect(createManualClock().advance(ms)).rejects.toBeInstanceOf(InvalidArgumentError);
  });
});
