import { InvalidArgumentError } from '@penknife/core';
import { describe, expect, it } from 'vitest';
import { ratesPlan } from '../src/index.js';

const draw = (seed: number, count = 4000): (string | undefined)[] => {
  const plan = ratesPlan({ dropBefore: 0.1, dropAfter: 0.2, delay: 0.3 }, seed);
  return Array.from({ length: count }, (_, number) => plan({ number, name: 'GET' }));
};

describe('a plan by rates', () => {
  it('repeats for a seed', () => {
    expect(draw(5)).toEqual(draw(5));
    expect(draw(5)).not.toEqual(draw(6));
  });

  it('keeps its rates', () => {
    const drawn = draw(1);
    const share = (fault: string | undefined): number =>
      drawn.filter((each) => each === fault).length / drawn.length;
    expect(share('drop-before')).toBeCloseTo(0.1, 1);
    expect(share('drop-after')).toBeCloseTo(0.2, 1);
    expect(share('delay')).toBeCloseTo(0.3, 1);
    expect(share('delay-answer')).toBe(0);
    expect(share(undefined)).toBeCloseTo(0.4, 1);
  });

  it('refuses rates that are no shares, or more than all', () => {
    for (const rates of [
      { dropBefore: -0.1 },
      { delay: 1.1 },
      { dropAfter: Number.NaN },
      { delay: 0.6, dropAfter: 0.6 },
    ]) {
      expect(() => ratesPlan(rates, 1)).toThrow(InvalidArgumentError);
    }
  });
});
