import { describe, expect, it } from 'vitest';
import { leaks, revived } from './history.js';

describe('what is looked for in a schedule', () => {
  it('an older holder that was extended', () => {
    const served = [
      { type: 'served', resource: 'a', ticket: 'early', turn: 1n },
      { type: 'served', resource: 'a', ticket: 'late', turn: 2n },
    ] as const;
    expect(revived([...served, { type: 'extended', resource: 'a', ticket: 'late' }])).toEqual([]);
    expect(revived([...served, { type: 'extended', resource: 'a', ticket: 'early' }])).toEqual([
      'early was extended after its end',
    ]);
  });

  it('what was left behind', () => {
    expect(leaks({ keys: 0, timers: 0, held: 0, waiting: 0 })).toEqual([]);
    expect(leaks({ keys: 1, timers: 0, held: 2, waiting: 0 })).toEqual(['1 keys', '2 held']);
  });
});
