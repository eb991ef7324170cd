import { divideToEven, roundToBits } from './binary-rounding.js';
import { parseExactValue } from './decimal-text.js';

/**
 * A value of the 80-bit extended precision INCRBYFLOAT and HINCRBYFLOAT compute in on x86-64: mantissa * 2^exponent,
 * the mantissa signed and below 2^64. (A Redis on ARM computes in 113 bits and may print other last digits.)
 */
export interface LongDouble {
  readonly mantissa: bigint;
  readonly exponent: number;
}

const MANTISSA_BITS = 64;
const LARGEST_EXPONENT = 16384;
const SMALLEST_EXPONENT = -16445;
const DECIMALS = 17;

function rounded(negative: boolean, numerator: bigint, denominator: bigint): LongDouble | undefined {
  const { mantissa, exponent } = roundToBits(numerator, denominator, MANTISSA_BITS);
  if (exponent + mantissa.toString(2).length > LARGEST_EXPONENT) return undefined;
  return { mantissa: negative ? -mantissa : mantissa, exponent };
}

/**
 * Reads a float as INCRBYFLOAT does; undefined when Redis answers "not a valid float": other syntax, NaN, leading
 * space, overflow, underflow to zero. Infinities are valid text, though no sum with them is.
 */
export function parseLongDouble(text: string): LongDouble | 'inf' | '-inf' | undefined {
  const exact = parseExactValue(text);
  if (exact === undefined || exact === 'overflow' || exact === 'underflow') return undefined;
  if (exact === 'inf' || exact === '-inf') return exact;
  const value = rounded(exact.negative, exact.numerator, exact.denominator);
  if (value === undefined || value.mantissa === 0n) return value;
  const bits = value.mantissa.toString(2).length;
  return value.exponent + bits < SMALLEST_EXPONENT ? undefined : value;
}

/** The sum in extended precision; undefined when Redis answers that it would be NaN or infinite. */
export function addLongDoubles(
  left: LongDouble | 'inf' | '-inf',
  right: LongDouble | 'inf' | '-inf',
): LongDouble | undefined {
  if (typeof left === 'string' || typeof right === 'string') return undefined;
  const exponent = Math.min(left.exponent, right.exponent);
  const sum =
    (left.mantissa << BigInt(left.exponent - exponent)) +
    (right.mantissa << BigInt(right.exponent - exponent));
  const negative = sum < 0n;
  const size = negative ? -sum : sum;
  return exponent >= 0
    ? rounded(negative, size << BigInt(exponent), 1n)
    : rounded(negative, size, 1n << BigInt(-exponent));
}

/** Prints as Redis stores it: 17 decimals, trailing zeros cut, never an exponent, never "-0". */
export function formatLongDouble(value: LongDouble): string {
  const negative = value.mantissa < 0n;
  const size = negative ? -value.mantissa : value.mantissa;
  const scale = 10n ** BigInt(DECIMALS);
  const scaled =
    value.exponent >= 0
      ? (size << BigInt(value.exponent)) * scale
      : divideToEven(size * scale, 1n << BigInt(-value.exponent));
  if (scaled === 0n) return '0';
  const digits = scaled.toString().padStart(DECIMALS + 1, '0');
  const whole = digits.slice(0, -DECIMALS);
  const fraction = digits.slice(-DECIMALS).replace(/0+$/, '');
  return `${negative ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`;
}
