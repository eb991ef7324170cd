import { expect, it } from 'vitest';
import { slowCommandsOf } from '../src/slow-log.js';

const entry = (ms: number, ...args: string[]): { ms: number; args: string[] } => ({ ms, args });

it('trap: one entry counts where the server never waited for its turn', () => {
  expect(slowCommandsOf([entry(6, 'EVALSHA', 'abc', '1', 'k')], 0)).toEqual([
    '1 times, up to 6 ms: EVALSHA abc 1 k; the server waited 0.0 ms for its turn in all',
  ]);
});

it('what the kernel accounts for is not the command’s own doing, and no more than that', () => {
  const slow = [entry(7, 'GET', 'k'), entry(9, 'SET', 'k', 'v')];
  expect(slowCommandsOf(slow, 6)).toEqual([]);
  expect(slowCommandsOf(slow, 5.9)).toHaveLength(2);
});

const times = (count: number, ms = 6): ReturnType<typeof entry>[] =>
  Array.from({ length: count }, () => entry(ms, 'EVAL', 'return 1', '0'));

it('a command that is slow five times counts, and once more for each 40 ms that the server waited', () => {
  expect(slowCommandsOf(times(4), 39)).toEqual([]);
  expect(slowCommandsOf(times(5), 39)).toHaveLength(1);
  expect(slowCommandsOf(times(5), 40)).toEqual([]);
  expect(slowCommandsOf(times(6), 40)).toHaveLength(1);
});

it('no waiting excuses a command that is slow at every call, nor one that is slow beyond any waiting', () => {
  expect(slowCommandsOf(times(29), 1000)).toEqual([]);
  expect(slowCommandsOf(times(100), 1000)).toHaveLength(1);
  expect(slowCommandsOf(times(1, 206), 1000)).toHaveLength(1);
});

it('where the system does not say how long the server waited, only repetition counts', () => {
  expect(slowCommandsOf([entry(50, 'GET', 'k')], undefined)).toEqual([]);
  expect(slowCommandsOf(Array(5).fill(entry(50, 'GET', 'k')), undefined)).toEqual([
    '5 times, up to 50 ms: GET k',
  ]);
});

it('what tests do themselves is left out', () => {
  expect(slowCommandsOf([entry(50, 'debug', 'SLEEP', '0.05'), entry(9, 'FLUSHALL')], 0)).toEqual([]);
});
