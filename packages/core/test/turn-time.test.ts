import { expect, it } from 'vitest';
import { turnTime } from '../src/kit/turn-time.js';
import { systemClock } from '../src/time/system-clock.js';

it('reads real time once for all code that runs without a break, and anew after it', async () => {
  const read = turnTime(systemClock);
  const first = read();
  while (systemClock.monotonic() === first);
  expect(read()).toBe(first);
  await Promise.resolve();
  expect(read()).toBeGreaterThan(first);
});

it('reads a clock that is moved by hand each time', () => {
  let ms = 5;
  const read = turnTime({ ...systemClock, monotonic: () => ms });
  expect(read()).toBe(5);
  ms = 1005;
  expect(read()).toBe(1005);
});
