/** A 64-bit integer: a number while it is safe (below 2^53), a bigint beyond. Every integer has one form only. */
export type Integer = number | bigint;

const INT64_MINIMUM = -(2n ** 63n);
const INT64_MAXIMUM = 2n ** 63n - 1n;
const CANONICAL = /^(?:0|-?[1-9][0-9]{0,18})$/;

/** The one form of an integer: a number when it is safe. */
export function normalizeInteger(value: bigint): Integer {
  const narrow = Number(value);
  return Number.isSafeInteger(narrow) ? narrow : value;
}

/**
 * Reads a signed 64-bit integer as strictly as Redis: no plus sign, space, leading zero or "-0"; undefined for
 * anything else and for values out of range.
 */
export function parseInteger(text: string): Integer | undefined {
  if (!CANONICAL.test(text)) return undefined;
  if (text.length <= 15) return Number(text);
  const value = BigInt(text);
  return value >= INT64_MINIMUM && value <= INT64_MAXIMUM ? normalizeInteger(value) : undefined;
}

/** The sum, or undefined when it leaves the signed 64-bit range: INCRBY then answers with an overflow error. */
export function addIntegers(left: Integer, right: Integer): Integer | undefined {
  if (typeof left === 'number' && typeof right === 'number') {
    const sum = left + right;
    if (Number.isSafeInteger(sum)) return sum;
  }
  const sum = BigInt(left) + BigInt(right);
  return sum >= INT64_MINIMUM && sum <= INT64_MAXIMUM ? normalizeInteger(sum) : undefined;
}

/** The value with its sign turned, or undefined for the smallest integer, whose negative does not exist (DECRBY). */
export function negateInteger(value: Integer): Integer | undefined {
  if (typeof value === 'number') return value === 0 ? 0 : -value;
  return value === INT64_MINIMUM ? undefined : normalizeInteger(-value);
}
