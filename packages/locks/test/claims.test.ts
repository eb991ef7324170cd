import { overtaken } from '@penknife/testing';
import { describe, expect, it } from 'vitest';
import { arrivals } from './arrivals.js';
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

  it('who was served before one that had come earlier', () => {
    const holder = { process: 'a', owner: undefined, fence: 1n, since: 0, ttlMs: 100 };
    const waiting = [
      { process: 'b', since: 5, silentForMs: 100 },
      { process: 'c', since: 6, silentForMs: 100 },
      { process: 'd', since: 6, silentForMs: 100 },
    ];
    const looks = [{ holder, waiting, at: 7 }];
    const inTurn = ['b', 'c', 'd', 'b'].map((process, i) => ({ process, fence: BigInt(i + 2) }));
    expect(arrivals(looks, inTurn)).toHaveLength(4);
    expect(overtaken(arrivals(looks, inTurn))).toEqual([]);
    const turned = ['c', 'b', 'd'].map((process, i) => ({ process, fence: BigInt(i + 2) }));
    expect(overtaken(arrivals(looks, turned))).toHaveLength(1);
    expect(arrivals([{ holder: undefined, waiting, at: 7 }], inTurn)).toEqual([]);
  });
});
