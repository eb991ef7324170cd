import { expect, it } from 'vitest';
import { type Appended, createFireHistory, effectReport, type Known } from './fire-history.js';

const none: ReadonlySet<string> = new Set();
const appendedOf = (count: number, losable = false): ReadonlyMap<string, Appended> =>
  new Map([['a', { count, losable }]]);
const messages = (...numbers: number[]): string[] => numbers.map((n) => `a ${n}`);
/** What is wrong with these effects, where all of `count` are in the log as they were appended, unless told. */
const faultsOf = (effects: readonly number[], count: number, known: Partial<Known> = {}) =>
  effectReport(messages(...effects), {
    appended: appendedOf(count),
    logged: messages(...Array.from({ length: count }, (_, n) => n)),
    ordered: true,
    undone: none,
    ...known,
  });

it('what is done once, in order and to the end is right', () => {
  expect(faultsOf([0, 1, 2], 3)).toEqual({ faults: [], lost: 0 });
  expect(faultsOf([2, 0, 1], 3, { ordered: false }).faults).toEqual([]);
});

it('what is done twice, in another order, not at all or out of nothing is noticed', () => {
  expect(faultsOf([0, 1, 1], 2).faults).toEqual([
    'a 1: done more than once',
    'a 1: consumed after 1, not in the order of the log',
  ]);
  expect(faultsOf([0, 2], 3).faults).toEqual(['a 1: in the log and never done, as 1 of 3']);
  expect(faultsOf([0, 1], 1).faults).toEqual(['a: more was done than appended']);
  expect(faultsOf([], 1, { logged: [] }).faults).toEqual([
    'a: 1 of 1 acknowledged, neither done nor in the log',
  ]);
});

it('what was turned round is told: by who appended, or by who consumed', () => {
  expect(faultsOf([1, 0], 2).faults).toEqual(['a 0: consumed after 1, not in the order of the log']);
  expect(faultsOf([1, 0], 2, { logged: messages(1, 0) }).faults).toEqual(['a 0: appended after 1']);
  expect(faultsOf([0, 1], 2, { logged: messages(0, 1, 1) }).faults).toEqual([
    'a: stands in the log more than once',
    'a 1: appended after 1',
  ]);
});

it('what a failover may lose is counted, and never excuses a second time, nor what is in the log', () => {
  const losable = { appended: appendedOf(4, true), logged: messages(0, 2) };
  expect(faultsOf([0, 2], 4, losable)).toEqual({ faults: [], lost: 2 });
  expect(faultsOf([0], 4, losable).faults).toEqual(['a 2: in the log and never done, as 1 of 4']);
  expect(faultsOf([0, 0], 1, losable).faults).toContain('a 0: done more than once');
  const undone = { undone: new Set(['a']) };
  expect(faultsOf([1, 0], 2, undone).faults).toEqual([]);
  expect(faultsOf([1, 0, 1], 2, undone).faults).toEqual(['a 1: done more than once']);
});

it('an effect that was acknowledged twice was undone, and the history tells all of its key', () => {
  const history = createFireHistory();
  const event = { of: 'split', key: 'a', n: 0, deliveries: 1, generation: 1, by: '7' } as const;
  history.tell({ ...event, type: 'started', atMs: 1 });
  history.tell({ ...event, type: 'done', atMs: 2 });
  history.tell({ ...event, of: 'plain', type: 'done', atMs: 3 });
  expect(history.undone().size).toBe(0);
  history.tell({ ...event, type: 'done', deliveries: 2, by: '8', atMs: 4 });
  history.tell({ ...event, key: 'b', type: 'done', atMs: 5 });
  expect([...history.undone()]).toEqual(['a']);
  expect(history.about(['a 0: done more than once']).split('\n')).toEqual([
    '1.0 split a 0: started by 7, delivery 1, generation 1',
    '2.0 split a 0: done by 7, delivery 1, generation 1',
    '3.0 plain a 0: done by 7, delivery 1, generation 1',
    '4.0 split a 0: done by 8, delivery 2, generation 1',
  ]);
});

it('a fault is told with what was done to the crew, however long ago, and with what was seen near it', () => {
  const history = createFireHistory();
  history.disturbed('killed');
  const event = { of: 'split', key: 'a', deliveries: 1, generation: 1, by: '7', atMs: 1e15 } as const;
  for (let n = 0; n < 1000; n++) history.tell({ ...event, n, type: 'done' });
  const lines = history.about(['a 500: done more than once']).split('\n');
  expect(lines[0]).toMatch(/-- killed$/);
  expect(lines.slice(1).map((line) => /a (\d+):/.exec(line)?.[1])).toEqual([
    '497',
    '498',
    '499',
    '500',
    '501',
    '502',
    '503',
  ]);
});
