import { roundToBits } from './binary-rounding.js';

/**
 * The digits of a double as the servers find them since Redis 7.2: Grisu2 (Florian Loitsch, "Printing Floating-Point
 * Numbers Quickly and Accurately with Integers", 2010). They always read back as the same double and are nearly always
 * the shortest; where they are not, this gives the server's digits, not JavaScript's.
 */
export interface DecimalDigits {
  readonly digits: string;
  /** The value is digits * 10^power. */
  readonly power: number;
}

/** fraction * 2^exponent, the fraction below 2^64. */
interface Scaled {
  readonly fraction: bigint;
  readonly exponent: number;
}

const HIDDEN_BIT = 1n << 52n;
const U64_MASK = (1n << 64n) - 1n;
const LOWEST_POWER = -348;
const POWER_STEP = 8;
const POWER_COUNT = 87;
const LOWEST_EXPONENT = -60;
const HIGHEST_EXPONENT = -32;

const cachedPowers: Scaled[] = [];

/** The powers of ten from 10^-348 to 10^340 in steps of 8, as 64-bit fractions; computed at first use. */
function powerOfTen(index: number): Scaled {
  let power = cachedPowers[index];
  if (power === undefined) {
    const decimal = LOWEST_POWER + index * POWER_STEP;
    const size = 10n ** BigInt(Math.abs(decimal));
    const { mantissa, exponent } = decimal < 0 ? roundToBits(1n, size, 64) : roundToBits(size, 1n, 64);
    const shift = 64 - mantissa.toString(2).length;
    power = { fraction: mantissa << BigInt(shift), exponent: exponent - shift };
    cachedPowers[index] = power;
  }
  return power;
}

function suitablePower(exponent: number): number {
  let index = Math.trunc(
    (Math.trunc(-(exponent + POWER_COUNT) * Math.LOG10E * Math.LN2) - LOWEST_POWER) / POWER_STEP,
  );
  for (;;) {
    const sum = exponent + powerOfTen(index).exponent + 64;
    if (sum < LOWEST_EXPONENT) index += 1;
    else if (sum > HIGHEST_EXPONENT) index -= 1;
    else return index;
  }
}

function multiply(left: Scaled, right: Scaled): Scaled {
  const low = 0xffffffffn;
  const [leftHigh, leftLow] = [left.fraction >> 32n, left.fraction & low];
  const [rightHigh, rightLow] = [right.fraction >> 32n, right.fraction & low];
  const middle1 = leftHigh * rightLow;
  const middle2 = leftLow * rightHigh;
  const carry = (middle1 & low) + (middle2 & low) + ((leftLow * rightLow) >> 32n) + (1n << 31n);
  const fraction = leftHigh * rightHigh + (middle1 >> 32n) + (middle2 >> 32n) + (carry >> 32n);
  return { fraction, exponent: left.exponent + right.exponent + 64 };
}

function normalized(value: Scaled): Scaled {
  const shift = 64 - value.fraction.toString(2).length;
  return { fraction: value.fraction << BigInt(shift), exponent: value.exponent - shift };
}

/** Digits of a finite double above zero. */
export function grisuDigits(value: number): DecimalDigits {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0);
  const biased = Number(bits >> 52n);
  const fraction = (bits & (HIDDEN_BIT - 1n)) + (biased === 0 ? 0n : HIDDEN_BIT);
  const exponent = (biased === 0 ? 1 : biased) - 1075;

  const upper = normalized({ fraction: (fraction << 1n) + 1n, exponent: exponent - 1 });
  const lowerShift = fraction === HIDDEN_BIT ? 2 : 1;
  const lower: Scaled = {
    fraction: ((fraction << BigInt(lowerShift)) - 1n) << BigInt(exponent - lowerShift - upper.exponent),
    exponent: upper.exponent,
  };
  const index = suitablePower(upper.exponent);
  const power = powerOfTen(index);
  const middle = multiply(normalized({ fraction, exponent }), power).fraction;
  const high = multiply(upper, power);
  const low = multiply(lower, power).fraction + 1n;
  return generate(middle, high.fraction - 1n, low, -high.exponent, -(LOWEST_POWER + index * POWER_STEP));
}

function generate(
  middle: bigint,
  high: bigint,
  low: bigint,
  shift: number,
  basePower: number,
): DecimalDigits {
  const bits = BigInt(shift);
  const mask = (1n << bits) - 1n;
  const distance = high - middle;
  let delta = high - low;
  let whole = high >> bits;
  let rest = high & mask;
  let kappa = 10;
  let digits = '';
  for (let divisor = 1_000_000_000n; kappa > 0; divisor /= 10n) {
    const digit = whole / divisor;
    if (digit > 0n || digits !== '') digits += digit.toString();
    whole -= digit * divisor;
    kappa -= 1;
    const remainder = (whole << bits) + rest;
    if (remainder <= delta) {
      return { digits: weed(digits, delta, remainder, divisor << bits, distance), power: basePower + kappa };
    }
  }
  for (let unit = 10n; ; unit *= 10n) {
    rest *= 10n;
    delta *= 10n;
    kappa -= 1;
    const digit = rest >> bits;
    if (digit > 0n || digits !== '') digits += digit.toString();
    rest &= mask;
    if (rest < delta) {
      const scaled = (distance * unit) & U64_MASK;
      return { digits: weed(digits, delta, rest, mask + 1n, scaled), power: basePower + kappa };
    }
  }
}

/** Lowers the last digit while that brings the number nearer to the true value. */
function weed(digits: string, delta: bigint, remainder: bigint, unit: bigint, distance: bigint): string {
  let rest = remainder;
  let lowered = 0;
  while (
    rest < distance &&
    delta - rest >= unit &&
    (rest + unit < distance || distance - rest > rest + unit - distance)
  ) {
    lowered += 1;
    rest += unit;
  }
  return digits.slice(0, -1) + String(Number(digits.at(-1)) - lowered);
}
