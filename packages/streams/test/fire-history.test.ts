import { expect, it } from 'vitest';
import { type Appended, createFireHistory, effectReport } from './fire-history.js';

const none: ReadonlySet<string> = new Set();
const of = (count: number, losable = false): ReadonlyMap<string, Appended> =>
  new Map([['a', { count, losable }]]);
const inOrder = { ordered: true, undone: none };

it('what is done once, in order and to the end is right', () => {
  expect(effectReport(['a 0', 'a 1', 'a 2'], of(3), inOrder)).toEqual({ faults: [], lost: 0 });
  expect(effectReport(['a 2', 'a 0', 'a 1'], of(3), { ordered: false, undone: none }).faults).toEqual([]);
});

it('what is done twice, in another order, not at all or out of nothing is noticed', () => {
  expect(effectReport(['a 0', 'a 1', 'a 1'], of(2), inOrder).faults).toEqual([
    'a: 1 done more than once',
    'a: 1 after 1',
  ]);
  expect(effectReport(['a 1', 'a 0'], of(2), inOrder).faults).toEqual(['a: 0 after 1']);
  expect(effectReport(['a 0', 'a 2'], of(3), inOrder).faults).toEqual(['a: 1 of 3 never done']);
  expect(effectReport(['a 0', 'a 1'], of(1), inOrder).faults).toEqual(['a: more was done than appended']);
  expect(effectReport([], of(1), inOrder).faults).toEqual(['a: 1 of 1 never done']);
});

it('what a failover may lose is counted, and never excuses a second time', () => {
  expect(effectReport(['a 0', 'a 2'], of(4, true), inOrder)).toEqual({ faults: [], lost: 2 });
  expect(effectReport(['a 0', 'a 0'], of(1, true), inOrder).faults).toHaveLength(2);
  const undone = { ordered: true, undone: new Set(['a']) };
  expect(effectReport(['a 1', 'a 0'], of(2), undone).faults).toEqual([]);
  expect(effectReport(['a 1', 'a 0', 'a 1'], of(2), undone).faults).toEqual(['a: 1 done more than once']);
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
  expect(history.about(['a: 1 done more than once']).split('\n')).toEqual([
    '1.0 split a 0: started by 7, delivery 1, generation 1',
    '2.0 split a 0: done by 7, delivery 1, generation 1',
    '3.0 plain a 0: done by 7, delivery 1, generation 1',
    '4.0 split a 0: done by 8, delivery 2, generation 1',
  ]);
});
