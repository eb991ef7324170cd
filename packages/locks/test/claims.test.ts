import { describe, expect, it } from 'vitest';
import { type Claim, staleWrites, toldLate } from './claims.js';

const claim: Claim = {
  holder: 'a',
  fence: 1n,
  grantedAtMs: 0,
  untilMs: 100,
  endedAtMs: 150,
  lost: true,
  beatsPastDeadline: 1,
};

describe('what is looked for in what holders saw', () => {
  it('a holder that was told too late', () => {
    expect(toldLate([claim, { ...claim, lost: false, beatsPastDeadline: 0 }])).toEqual([]);
    expect(toldLate([{ ...claim, beatsPastDeadline: 298 }])).toEqual([
      'a ran on for 298 ms before it was told',
    ]);
  });

  it('a write of an older holder after one of a newer', () => {
    expect(staleWrites([1n, 2n, 2n, 5n])).toEqual([]);
    expect(staleWrites([1n, 5n, 2n, 6n])).toEqual(['2 was written after 5']);
  });
});
