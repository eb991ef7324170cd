import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareIds, timeOfId } from '../src/index.js';

const part = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const ids = fc.tuple(part, part);

describe('entry ids', () => {
  it('trap 31: compare by their parts as numbers of 64 bits', () => {
    fc.assert(
      fc.property(ids, ids, ([ms, seq], [otherMs, otherSeq]) => {
        const wanted =
          ms === otherMs ? (seq < otherSeq ? -1 : seq > otherSeq ? 1 : 0) : ms < otherMs ? -1 : 1;
        expect(compareIds(`${ms}-${seq}`, `${otherMs}-${otherSeq}`)).toBe(wanted);
      }),
    );
    // Text and doubles both get these wrong.
    expect(compareIds('9-0', '10-0')).toBe(-1);
    expect(compareIds('1-9007199254740993', '1-9007199254740992')).toBe(1);
  });

  it('tell when an entry was appended', () => {
    expect(timeOfId('1700000000123-7')).toBe(1_700_000_000_123);
  });
});
