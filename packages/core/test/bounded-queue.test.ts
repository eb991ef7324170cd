import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BoundedQueue, type Overflow } from '../src/index.js';

describe('BoundedQueue', () => {
  it('refuses a bound that is none', () => {
    for (const limit of [0, -1, 1.5, Number.NaN])
      expect(() => new BoundedQueue(limit, 'refuse')).toThrow(/limit must be/);
  });

  it('property: behaves as an array with a bound', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5 }),
        fc.constantFrom<Overflow>('drop-oldest', 'drop-newest', 'refuse'),
        fc.array(fc.option(fc.integer(), { nil: undefined }), { maxLength: 200 }),
        (limit, overflow, steps) => {
          const queue = new BoundedQueue<number>(limit, overflow);
          const model: number[] = [];
          let dropped = 0;
          for (const step of steps) {
            if (step === undefined) expect(queue.shift()).toBe(model.shift());
            else {
              queue.push(step);
              if (model.length < limit) model.push(step);
              else if (overflow !== 'refuse') {
                dropped++;
                if (overflow === 'drop-oldest') {
                  model.shift();
                  model.push(step);
                }
              }
            }
            expect([queue.size, queue.dropped]).toEqual([model.length, dropped]);
          }
        },
      ),
    );
  });
});
