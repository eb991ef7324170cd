import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Column } from '../src/index.js';
import { changeOf, digitOf, prefixBounds } from '../src/order/digits.js';
import { layOut } from '../src/order/lay-out.js';
import { type Layout, type Place, radicesOf, type Values } from '../src/order/layout.js';
import { resolveOrder } from '../src/order/resolve-order.js';

const monthMs = 31 * 86_400_000 + 4 * 3_600_000;
const lay = (
  order: readonly Column[],
  wanted: 'auto' | Layout['kind'] = 'packed',
  month = false,
): { layout: Layout; bounds: (prefix: Values, argument: string) => { best: Place; worst: Place } } => {
  const columns = resolveOrder(order);
  const radices = radicesOf(columns, month ? monthMs : undefined);
  const calendar = month ? ({ length: 'month' } as const) : undefined;
  const [board] = layOut(columns, [{ name: 'all', radices, dense: false, calendar }], wanted).boards;
  if (board === undefined) throw new Error('one board');
  const { layout } = board;
  return { layout, bounds: (prefix, argument) => prefixBounds(layout, radices, prefix, argument) };
};

/** Orders of value columns that fit 53 bits. */
const orders = fc
  .array(
    fc.record({
      direction: fc.constantFrom('asc' as const, 'desc' as const),
      min: fc.integer({ min: -1e6, max: 1e6 }),
      bits: fc.integer({ min: 1, max: 26 }),
    }),
    { minLength: 1, maxLength: 5 },
  )
  .filter((columns) => columns.reduce((sum, { bits }) => sum + bits, 0) <= 52)
  .map((columns) =>
    columns.map(
      ({ direction, min, bits }, i): Column => ({ [`c${i}`]: direction, min, max: min + 2 ** bits - 1 }),
    ),
  );

describe('layout', () => {
  for (const kind of ['packed', 'lexicographic'] as const) {
    it(`property: places are exact, and smaller is better in the declared order: ${kind}`, () => {
      const cases = orders.chain((order) => {
        const score = fc.record(
          Object.fromEntries(
            order.map((column, i) => [
              `c${i}`,
              fc.integer({ min: column.min as number, max: column.max as number }),
            ]),
          ),
        );
        return fc.tuple(fc.constant(order), score, score);
      });
      fc.assert(
        fc.property(cases, ([order, left, right]) => {
          const { layout, bounds } = lay(order, kind);
          const [a, b] = [bounds(left, 'a'), bounds(right, 'b')];
          expect(a.best).toBe(a.worst);
          expect(layout.scoreAt(a.best, undefined)).toEqual(left);
          expect(layout.parsePlace(layout.writePlace(a.best))).toBe(a.best);
          let expected = 0;
          order.forEach((column, i) => {
            const [x, y] = [BigInt(left[`c${i}`] as number), BigInt(right[`c${i}`] as number)];
            if (expected === 0 && x !== y) expected = x < y === (column[`c${i}`] === 'asc') ? -1 : 1;
          });
          expect(a.best === b.best ? 0 : a.best < b.best ? -1 : 1).toBe(expected);
        }),
        { numRuns: 1000 },
      );
    });
  }

  it('the property notices a packing that is one bit too wide', () => {
    const radix = 2 ** 27;
    const pack = (high: number, low: number): number => high * radix + low;
    expect(pack(radix - 1, radix - 1)).toBe(pack(radix - 1, radix - 2) + 2);
    expect(() =>
      lay([
        { a: 'asc', max: radix - 1 },
        { b: 'asc', max: radix - 1 },
      ]),
    ).toThrow(/needs 54\.0/);
  });

  it('refuses at construction what a double cannot hold, with the bits needed, or takes bytes for it', () => {
    const order: readonly Column[] = [
      { points: 'desc', max: 1e6 },
      { at: 'asc', unit: 'ms' },
    ];
    expect(() => lay(order)).toThrow(
      /order must fit the 53 bits .* board 'all' needs 58\.1 \(points 19\.9, at 38\.2\)/,
    );
    expect(lay(order, 'auto').layout).toMatchObject({ kind: 'lexicographic', width: 8, tie: 3, bits: 58.2 });
    expect(lay(order, 'auto', true).layout).toMatchObject({ kind: 'packed', bits: 51.3 });
    expect(lay([order[0] as Column, { at: 'asc', unit: 's' }]).layout.bits).toBe(48.2);
    expect(() => lay([{ points: 'desc', max: 2 ** 53 - 1 }])).toThrow(/needs 53\.0/);
    expect(lay([{ points: 'desc', max: 2 ** 53 - 2 }], 'auto').layout).toMatchObject({
      kind: 'packed',
      bits: 53,
    });
    expect(lay([{ points: 'desc', max: 2 ** 53 - 1 }], 'auto').layout.kind).toBe('lexicographic');
    expect(() => lay([{ points: 'desc', max: 2 ** 60 }], 'auto')).toThrow(
      /order\[0\]\.max must be a whole number that is exact/,
    );
    expect(lay([{ points: 'desc', min: -(2n ** 63n), max: 2n ** 63n - 1n }], 'auto').layout).toMatchObject({
      kind: 'lexicographic',
      width: 8,
      bits: 64,
    });
    expect(lay([{ points: 'desc', min: 2n ** 90n, max: 2n ** 90n + 7n }], 'auto').layout.kind).toBe('packed');
    expect(() => lay([{ points: 'desc', max: 2n ** 513n }], 'auto')).toThrow(
      /must fit 64 bytes; .* needs 65/,
    );
    const many = Array.from({ length: 64 }, (_, i): Column => ({ [`c${i}`]: 'asc', max: 255 }));
    expect(lay(many, 'auto').layout.width).toBe(64);
  });

  it('refuses an order that says nothing clear', () => {
    const refused: [order: unknown, rule: RegExp][] = [
      ['points', /order must be a list/],
      [[], /order must be a list of 1 to 64/],
      [[null], /order\[0\] must be a column/],
      [[{ max: 5 }], /order\[0\] must have exactly one name/],
      [[{ points: 'down', max: 5 }], /order\[0\] must have exactly one name/],
      [[{ constructor: 'asc', max: 5 }], /order\[0\] must not be named like that/],
      [[{ a: 'asc', b: 'asc', max: 5 }], /order\[0\] must have exactly one name/],
      [[{ points: 'asc' }], /order\[0\] must have either a max .* or a unit/],
      [[{ points: 'asc', max: 5, unit: 's' }], /order\[0\] must have either/],
      [[{ points: 'asc', max: 5, span: '1d' }], /order\[0\]\.span has no meaning/],
      [[{ points: 'asc', max: 5n, min: 1 }], /order\[0\]\.min must be a bigint/],
      [[{ points: 'asc', max: 5n, min: 5n }], /order\[0\]\.max must be above min/],
      [[{ points: 'asc', max: 5n, decimals: 1 }], /order\[0\]\.decimals has no meaning/],
      [[{ points: 'asc', max: 5, min: 5 }], /order\[0\]\.max must be above min/],
      [[{ points: 'asc', max: 5, decimals: 0.5 }], /order\[0\]\.decimals must be/],
      [
        [{ points: 'asc', max: 0.15, decimals: 1 }],
        /order\[0\]\.max must be a number with at most 1 decimals/,
      ],
      [[{ at: 'asc', unit: 's' }], /order must begin with a column that is submitted/],
      [
        [
          { a: 'asc', max: 1 },
          { a: 'asc', max: 1 },
        ],
        /must not name a column twice/,
      ],
      [
        [
          { a: 'asc', max: 1 },
          { t: 'asc', unit: 'fortnight' },
        ],
        /order\[1\]\.unit must be/,
      ],
      [
        [
          { a: 'asc', max: 1 },
          { t: 'asc', unit: 's', since: 1.5 },
        ],
        /order\[1\]\.since must be/,
      ],
      [
        [
          { a: 'asc', max: 1 },
          { t: 'asc', unit: 's' },
          { u: 'asc', unit: 's' },
        ],
        /more than one time column/,
      ],
    ];
    for (const [order, rule] of refused) expect(() => lay(order as readonly Column[])).toThrow(rule);
  });

  it('takes decimals as they are written, and refuses what only looks like them', () => {
    const [column] = resolveOrder([{ seconds: 'asc', max: 100, decimals: 2 }]);
    if (column?.kind !== 'value') throw new Error('a value column');
    for (let units = 0; units <= 10_000; units++)
      expect(digitOf(column, Number(`${units}e-2`), 's')).toBe(BigInt(units));
    for (const value of [0.1 + 0.2, 0.001, Number.NaN, 1e-7]) {
      expect(() => digitOf(column, value, 's')).toThrow(/s must be a finite number with at most 2 decimals/);
    }
    expect(changeOf(column, -0.5, 's')).toEqual({ fresh: -50n, change: -50n });
    expect(() => changeOf(column, 100.5, 's')).toThrow(/s must be a change that can stay within/);
  });

  it('a prefix stands for all scores that begin with it, without gaps', () => {
    const order: readonly Column[] = [
      { a: 'desc', max: 9 },
      { b: 'asc', max: 9 },
    ];
    const { bounds } = lay(order);
    expect(bounds({ a: 7 }, 'from')).toEqual({ best: 20, worst: 29 });
    expect(bounds({}, 'from')).toEqual({ best: 0, worst: 99 });
    expect(lay(order, 'lexicographic').bounds({ a: 7 }, 'from')).toEqual({ best: '0200', worst: '0209' });
    expect(() => bounds({ b: 1 }, 'from')).toThrow(/from\.b must be a submitted column .* before it/);
  });
});
