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

it('no waiting excuses a command that is slow five times, nor one that is slow beyond any waiting', () => {
  const five = Array.from({ length: 5 }, () => entry(6, 'EVAL', 'return 1', '0'));
  expect(slowCommandsOf(five.slice(1), 1000)).toEqual([]);
  expect(slowCommandsOf(five, 1000)).toHaveLength(1);
  expect(slowCommandsOf([entry(206, 'GET', 'k')], 1000)).toHaveLength(1);
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
