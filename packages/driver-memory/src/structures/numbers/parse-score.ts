import { roundToBits } from './binary-rounding.js';
import { parseExactValue } from './decimal-text.js';

const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
const LEADING_SPACE = /^[ \t\n\v\f\r]+/;

const lowest = { score: Number.NEGATIVE_INFINITY, exclusive: false } as const;
const highest = { score: Number.POSITIVE_INFINITY, exclusive: false } as const;

/**
 * Reads a score or an increment of a score as Redis does: decimal or hexadecimal float, `inf`, `+inf`, `-inf`,
 * `infinity` in any case. Undefined ("not a valid float") for NaN, empty text, space at either end, values too large
 * or too near zero for a double.
 */
export function parseScore(text: string): number | undefined {
  if (!DECIMAL.test(text)) return parseRareScore(text);
  const value = Number(text);
  if (!Number.isFinite(value)) return undefined;
  return value === 0 && isNonZero(text) ? undefined : value;
}

/**
 * Reads one end of a score range: a score, or `(` and a score for an exclusive end. As lenient as the server: leading
 * space is skipped, an empty number is 0, what follows a zero byte is ignored, a value too large is infinite, one too
 * small is 0. Undefined ("min or max is not a float") for the rest.
 */
export function parseScoreBound(text: string): { score: number; exclusive: boolean } | undefined {
  if (text === '-inf') return lowest;
  if (text === '+inf') return highest;
  const exclusive = text.startsWith('(');
  const end = text.indexOf('\0');
  const number = text.slice(exclusive ? 1 : 0, end < 0 ? text.length : end);
  if (number === '') return { score: 0, exclusive };
  const trimmed = number.replace(LEADING_SPACE, '');
  if (DECIMAL.test(trimmed)) return { score: Number(trimmed), exclusive };
  const score = parseRareScore(trimmed, true);
  return score === undefined ? undefined : { score, exclusive };
}

/** Reads one end of a range by member bytes: `-`, `+`, `[member` or `(member`; undefined for anything else. */
export function parseLexBound(text: string): '-' | '+' | { member: string; exclusive: boolean } | undefined {
  if (text === '-' || text === '+') return text;
  if (text.startsWith('[')) return { member: text.slice(1), exclusive: false };
  if (text.startsWith('(')) return { member: text.slice(1), exclusive: true };
  return undefined;
}

function isNonZero(text: string): boolean {
  return /[1-9]/.test(text.split(/e/i)[0] ?? '');
}

function parseRareScore(text: string, lenient = false): number | undefined {
  const exact = parseExactValue(text);
  if (exact === 'inf') return Number.POSITIVE_INFINITY;
  if (exact === '-inf') return Number.NEGATIVE_INFINITY;
  if (exact === undefined) return undefined;
  if (typeof exact === 'string') {
    if (!lenient) return undefined;
    const size = exact === 'overflow' ? Number.POSITIVE_INFINITY : 0;
    return text.startsWith('-') ? -size : size;
  }
  const { mantissa, exponent } = roundToBits(exact.numerator, exact.denominator, 53);
  // Two steps, so that neither power over- or underflows before the product does.
  const half = Math.trunc(exponent / 2);
  const size = Number(mantissa) * 2 ** half * 2 ** (exponent - half);
  if (!lenient && (!Number.isFinite(size) || (size === 0 && mantissa !== 0n))) return undefined;
  return exact.negative ? -size : size;
}
