import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatDouble } from '../../src/structures/numbers/format-double.js';
import { addIntegers, negateInteger, parseInteger } from '../../src/structures/numbers/integer.js';
import {
  addLongDoubles,
  formatLongDouble,
  parseLongDouble,
} from '../../src/structures/numbers/long-double.js';
import { parseLexBound, parseScore, parseScoreBound } from '../../src/structures/numbers/parse-score.js';

describe('formatDouble', () => {
  test.each([
    [0.1, '0.10000000000000001', '0.1'],
    [1.5, '1.5', '1.5'],
    [3, '3', '3'],
    [-0, '-0', '-0'],
    [1e16, '10000000000000000', '10000000000000000'],
    [1e17, '1e+17', '100000000000000000'],
    [1e20, '1e+20', '1e+20'],
    [1.5e300, '1.5000000000000001e+300', '1.5e+300'],
    [1e-5, '1.0000000000000001e-05', '0.00001'],
    [1e-7, '9.9999999999999995e-08', '1e-7'],
    [12345678 + 2 ** -10, '12345678.000976562', '1.2345678000976563e+7'],
    [1700000000.123456, '1700000000.123456', '1700000000.123456'],
    [-2.25, '-2.25', '-2.25'],
    [3055.5850219726562, '3055.5850219726562', '3055.5850219726563'],
    [8.1804e21, '8.1804000000000005e+21', '8180400000000001000000'],
    [1144272267997432.8, '1144272267997432.8', '1144272267997432.7'],
    [4.9e-324, '4.9406564584124654e-324', '5e-324'],
    [Number.POSITIVE_INFINITY, 'inf', 'inf'],
    [Number.NEGATIVE_INFINITY, '-inf', '-inf'],
  ])('%d', (value, seventeen, shortest) => {
    expect(formatDouble(value, 'shortest')).toBe(shortest);
    expect(formatDouble(value, 'seventeen-digits')).toBe(seventeen);
  });

  test('reads back as the same double in both styles', () => {
    const property = (format: typeof formatDouble) =>
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        for (const style of ['seventeen-digits', 'shortest'] as const)
          expect(Number(format(value, style))).toBe(value);
      });
    fc.assert(property(formatDouble), { seed: 1, numRuns: 2000 });
    const sixteenDigits = (value: number) => value.toPrecision(16);
    expect(fc.check(property(sixteenDigits), { seed: 1 }).failed).toBe(true);
  });
});

describe('integers', () => {
  test.each([
    ['0', 0],
    ['-1', -1],
    ['9007199254740991', 9007199254740991],
    ['9007199254740992', 9007199254740992n],
    ['9223372036854775807', 9223372036854775807n],
    ['-9223372036854775808', -9223372036854775808n],
    ['9223372036854775808', undefined],
    ['-0', undefined],
    ['01', undefined],
    ['+1', undefined],
    [' 1', undefined],
    ['1.0', undefined],
    ['', undefined],
  ])('parseInteger(%j)', (text, value) => expect(parseInteger(text)).toBe(value));

  test('sums are exact, in one form, and refuse overflow', () => {
    const limit = 2n ** 63n;
    const integer = fc.oneof(fc.bigInt({ min: -limit, max: limit - 1n }), fc.bigInt({ min: -9n, max: 9n }));
    const property = (add: typeof addIntegers) =>
      fc.property(integer, integer, (left, right) => {
        const sum = left + right;
        const wanted = sum >= -limit && sum < limit ? String(sum) : 'overflow';
        const got = add(parseInteger(String(left))!, parseInteger(String(right))!);
        expect(got === undefined ? 'overflow' : String(got)).toBe(wanted);
        expect(typeof got === 'bigint' && Number.isSafeInteger(Number(got))).toBe(false);
      });
    fc.assert(property(addIntegers), { seed: 1, numRuns: 1000 });
    const inDoubles: typeof addIntegers = (left, right) => Number(left) + Number(right);
    expect(fc.check(property(inDoubles), { seed: 1 }).failed).toBe(true);
    expect(negateInteger(-9223372036854775808n)).toBeUndefined();
    expect(negateInteger(5)).toBe(-5);
    expect(Object.is(negateInteger(0), 0)).toBe(true);
  });
});

describe('long doubles', () => {
  const sum = (left: string, right: string): string | undefined => {
    const result = addLongDoubles(parseLongDouble(left)!, parseLongDouble(right)!);
    return result && formatLongDouble(result);
  };

  test.each([
    ['10.50', '0.1', '10.6'],
    ['5.0e3', '2.0e2', '5200'],
    ['0.1', '0.2', '0.3'],
    ['3', '-3', '0'],
    ['-0.1', '0.1', '0'],
    ['1', '1e-18', '1'],
    ['0', '0x10', '16'],
    ['17179869184', '1.5', '17179869185.5'],
    ['9007199254740993', '1', '9007199254740994'],
    ['-1.5', '0.25', '-1.25'],
    ['1e4000', 'inf', undefined],
  ])('%s + %s', (left, right, result) => expect(sum(left, right)).toBe(result));

  test.each(['', 'abc', 'nan', ' 1', '1 ', '1e5000', '1e-5000', '1.2.3', '0x', '1e', '--1'])(
    '%j is not a float',
    (text) => expect(parseLongDouble(text)).toBeUndefined(),
  );
});

describe('scores', () => {
  test.each([
    ['1.5', 1.5],
    ['+1', 1],
    ['.5', 0.5],
    ['5.', 5],
    ['-0', -0],
    ['inf', Number.POSITIVE_INFINITY],
    ['+INF', Number.POSITIVE_INFINITY],
    ['-Infinity', Number.NEGATIVE_INFINITY],
    ['0x10', 16],
    ['-0x1.8p1', -3],
    ['1e400', undefined],
    ['1e-400', undefined],
    ['0e-400', 0],
    ['4.9e-324', 5e-324],
    ['nan', undefined],
    ['', undefined],
    [' 1', undefined],
    ['1 ', undefined],
    ['1_000', undefined],
  ])('parseScore(%j)', (text, score) => expect(parseScore(text)).toBe(score));

  test('bounds', () => {
    expect(parseScoreBound('(1.5')).toEqual({ score: 1.5, exclusive: true });
    expect(parseScoreBound(' 2')).toEqual({ score: 2, exclusive: false });
    expect(parseScoreBound('(inf')).toEqual({ score: Number.POSITIVE_INFINITY, exclusive: true });
    expect(parseScoreBound('1e999')).toEqual({ score: Number.POSITIVE_INFINITY, exclusive: false });
    expect(parseScoreBound('')).toEqual({ score: 0, exclusive: false });
    expect(parseScoreBound('((1')).toBeUndefined();
    expect(parseScoreBound('nan')).toBeUndefined();
    expect(parseLexBound('[a')).toEqual({ member: 'a', exclusive: false });
    expect(parseLexBound('(')).toEqual({ member: '', exclusive: true });
    expect(parseLexBound('-')).toBe('-');
    expect(parseLexBound('a')).toBeUndefined();
  });
});
