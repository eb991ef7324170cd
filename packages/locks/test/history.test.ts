import { describe, expect, it } from 'vitest';
import { History, leaks } from './history.js';

describe('the history checker', () => {
  it('finds nothing wrong with one after another', () => {
    const history = new History();
    history.ended(history.granted('a', 'one', 1n));
    history.granted('b', 'one', 1n);
    history.granted('a', 'two', 2n);
    expect([...history.overlaps(), ...history.fallenFences(), ...history.overtakers()]).toEqual([]);
  });

  it('finds two at once, also when the first never ends', () => {
    const history = new History();
    const first = history.granted('a', 'one', 1n);
    history.granted('a', 'two', 2n);
    expect(history.overlaps()).toHaveLength(1);
    history.ended(first);
    expect(history.overlaps()).toHaveLength(1);
  });

  it('finds equal and falling fences', () => {
    const history = new History();
    for (const fence of [2n, 2n]) history.ended(history.granted('a', 'one', fence));
    expect(history.fallenFences()).toEqual(['2 after 2']);
    history.ended(history.granted('a', 'one', 1n));
    expect(history.fallenFences()).toHaveLength(3);
  });

  it('finds who overtook, and an older holder that was extended', () => {
    const history = new History();
    history.queued('a', 'early');
    history.queued('a', 'late');
    history.served('a', 'late', 1n);
    history.served('a', 'early', 2n);
    expect(history.overtakers()).toEqual(['late was served before early, who had queued earlier']);
    history.extended('a', 'early');
    expect(history.revived).toEqual([]);
    history.extended('a', 'late');
    expect(history.revived).toEqual(['late was extended after its end']);
  });

  it('finds what was left behind', () => {
    expect(leaks({ keys: 0, timers: 0, held: 0, waiting: 0 })).toEqual([]);
    expect(leaks({ keys: 1, timers: 0, held: 2, waiting: 0 })).toEqual(['1 keys', '2 held']);
  });
});
