import { getEventListeners } from 'node:events';
import { expect, it } from 'vitest';
import { createManualClock, waitWithin } from '../src/index.js';

function begun() {
  const clock = createManualClock();
  const controller = new AbortController();
  let settle = { resolve: (_: string): void => undefined, reject: (_: unknown): void => undefined };
  const pending = new Promise<string>((resolve, reject) => {
    settle = { resolve, reject };
  });
  /** What it may not leave behind. */
  const left = () => clock.armed + getEventListeners(controller.signal, 'abort').length;
  return { clock, controller, pending, settle, left, call: { signal: controller.signal, deadlineMs: 100 } };
}

it('what comes in time is handed on, and nothing is left behind', async () => {
  const [good, bad] = [begun(), begun()];
  const outcomes = Promise.allSettled(
    [good, bad].map(({ clock, pending, call }) => waitWithin(clock, pending, call, 'no')),
  );
  expect(good.left()).toBe(2);
  await good.clock.advance(99);
  good.settle.resolve('done');
  bad.settle.reject('failed');
  expect(await outcomes).toEqual([
    { status: 'fulfilled', value: 'done' },
    { status: 'rejected', reason: 'failed' },
  ]);
  expect([good.left(), bad.left()]).toEqual([0, 0]);
});

it('its deadline ends it; what is rejected later is nobody’s', async () => {
  const { clock, pending, settle, left, call } = begun();
  const given = expect(waitWithin(clock, pending, call, 'no')).rejects.toMatchObject({
    kind: 'deadline',
    deadlineMs: 100,
  });
  await clock.advance(100);
  await given;
  expect(left()).toBe(0);
  settle.reject(new Error('late'));
});

it.each(['before', 'meanwhile'])('its signal ends it: %s', async (when) => {
  const { clock, controller, pending, settle, left, call } = begun();
  if (when === 'before') controller.abort('enough');
  const given = expect(waitWithin(clock, pending, call, 'no')).rejects.toMatchObject({
    kind: 'aborted',
    sent: 'no',
    cause: 'enough',
  });
  if (when === 'meanwhile') controller.abort('enough');
  await given;
  expect(left()).toBe(0);
  settle.reject(new Error('late'));
});

it('who hears that it is given up says what it rejects with, once, and only then', async () => {
  const { clock, controller, pending, settle, call } = begun();
  const heard: string[] = [];
  const renamed = (error: Error): Error => {
    heard.push(error.name);
    return new Error('too late');
  };
  const given = expect(waitWithin(clock, pending, call, 'maybe', renamed)).rejects.toThrow('too late');
  const given2 = waitWithin(clock, Promise.resolve('at once'), call, 'maybe', renamed);
  expect(await given2).toBe('at once');
  await clock.advance(100);
  await given;
  controller.abort();
  settle.resolve('late');
  await clock.advance(100);
  expect(heard).toEqual(['DeadlineError']);
});

it('without bounds it is the wait itself', () => {
  const { clock, pending } = begun();
  expect(waitWithin(clock, pending, {}, 'no')).toBe(pending);
});
