import { type Integer, parseInteger } from '../structures/numbers/integer.js';
import { parseScore } from '../structures/numbers/parse-score.js';
import { failure, mustBePositive, notFloat, notInteger, timeoutNegative, timeoutNotFloat } from './errors.js';
import type { CommandError } from './reply.js';

/** A signed 64-bit integer, exact. */
export function exactInteger(text: string, error: CommandError = notInteger): Integer {
  const value = parseInteger(text);
  if (value === undefined) throw error;
  return value;
}

/** A signed 64-bit integer as a number: exact up to 2^53, near enough beyond for counts, indexes and limits. */
export function integer(text: string, error: CommandError = notInteger): number {
  return Number(exactInteger(text, error));
}

/** An integer of at least 0. */
export function positive(text: string, error: CommandError = mustBePositive): number {
  const value = integer(text, error);
  if (value < 0) throw error;
  return value;
}

/** An integer between the bounds, else the error; without one, what the server says for a C int. */
export function integerWithin(text: string, low: number, high: number, error?: CommandError): number {
  const value = integer(text, error);
  if (value < low || value > high)
    throw error ?? failure(`value is out of range, value must between ${low} and ${high}`);
  return value;
}

/** A double. */
export function float(text: string, error: CommandError = notFloat): number {
  const value = parseScore(text);
  if (value === undefined) throw error;
  return value;
}

/** A count that may be negative, for random samples. */
export function sampleCount(text: string): number {
  const value = exactInteger(text);
  if (value < -largestCount) throw countOutOfRange;
  return Number(value);
}

const largestCount = 2n ** 63n - 1n;
/** What the smallest integer is told, which has no positive counterpart. */
export const countOutOfRange: CommandError = failure(
  'value is out of range, value must between -9223372036854775807 and 9223372036854775807',
);
const longestTimeoutMs = 2 ** 63;

/** A timeout in seconds with fractions, as milliseconds rounded up; 0 waits for ever. */
export function timeoutMs(text: string): number {
  const seconds = float(text, timeoutNotFloat);
  const ms = Math.ceil(seconds * 1000);
  // What does not fit 64 bits comes out negative on the server.
  if (ms < 0 || ms >= longestTimeoutMs) throw timeoutNegative;
  return ms;
}

/** Whether an argument is this option (given in upper case), in any case. */
export function isOption(arg: string | undefined, option: string): boolean {
  return (
    arg !== undefined && arg.length === option.length && (arg === option || arg.toUpperCase() === option)
  );
}
