import { expect, it } from 'vitest';
import { createManualClock, DeadlineError, InvalidArgumentError, oneDeadline } from '../src/index.js';

it('each command gets what is left of the call’s deadline, and its signal', async () => {
  const clock = createManualClock();
  const { signal } = new AbortController();
  const next = oneDeadline(clock, { signal, deadlineMs: 100 });
  expect(next()).toEqual({ signal, deadlineMs: 100 });
  await clock.advance(30.5);
  expect(next()).toEqual({ signal, deadlineMs: 70 });
  await clock.advance(69.5);
  expect(next).toThrow(DeadlineError);
});

it('without a deadline of the call each command has its own', async () => {
  const clock = createManualClock();
  const { signal } = new AbortController();
  const next = oneDeadline(clock, { signal });
  await clock.advance(1_000_000);
  expect(next()).toEqual({ signal });
  expect(oneDeadline(clock, undefined)()).toBeUndefined();
});

it('refuses what is no call', () => {
  expect(() => oneDeadline(createManualClock(), { deadlineMs: -1 })).toThrow(InvalidArgumentError);
});
