import { listOf, textOf } from '../replies.js';
import {
  bitsOf,
  fingerprintOf,
  type Layout,
  numberAt,
  type Place,
  type Placement,
  radicesOf,
  resultColumns,
  valuesAt,
} from './layout.js';
import type { ResolvedColumn } from './resolve-order.js';

/** A radix has to be an exact number too, so the last of the 2^53 whole numbers is left out. */
const most = 2n ** 53n - 1n;

/** What lies out of bounds anyway stays a small number. */
function clamped(value: bigint, low: bigint, high: bigint): number {
  return Number(value < low ? low : value > high ? high : value);
}

/** Whether a double holds an order exactly. */
export function fitsPacked(radices: readonly bigint[]): boolean {
  return radices.reduce((product, radix) => product * radix, 1n) <= most;
}

/**
 * The digits as one mixed-radix number below 2^53: doubles hold it exactly, and the best member is the first of a plain
 * ascending range.
 */
export function packedLayout(
  columns: readonly ResolvedColumn[],
  periodMs: number | undefined,
  dense: boolean,
): Layout {
  const exact = radicesOf(columns, periodMs);
  const radices = exact.map(Number);
  let tie = 1;
  for (const radix of radices.slice(resultColumns(columns))) tie *= radix;

  const isBig = columns.some((column) => column.kind === 'value' && column.big);

  function numbersOf(place: Place): number[] {
    const digits = new Array<number>(radices.length);
    let rest = place as number;
    for (let i = radices.length - 1; i >= 0; i--) {
      const radix = radices[i] as number;
      digits[i] = rest % radix;
      rest = (rest - (rest % radix)) / radix;
    }
    return digits;
  }

  const digitsOf = (place: Place): bigint[] => numbersOf(place).map(BigInt);

  return {
    kind: 'packed',
    columns,
    bits: Math.ceil(exact.reduce((sum, radix) => sum + bitsOf(radix), 0) * 10) / 10,
    fingerprint: fingerprintOf('packed', columns, periodMs, dense),
    tie,
    width: 0,
    limits: radices,
    digit: (column, digit) => clamped(digit, -1n, exact[column] as bigint),
    change: (column, change) => clamped(change, -(exact[column] as bigint), exact[column] as bigint),
    placeOf: (digits) => Number(digits.reduce((place, digit, i) => place * (exact[i] as bigint) + digit, 0n)),
    digitsOf,
    scoreAt(place, epochMs) {
      if (isBig) return valuesAt(columns, digitsOf(place), exact, epochMs);
      const values: Record<string, number> = {};
      for (const [i, digit] of numbersOf(place).entries()) {
        const column = columns[i] as ResolvedColumn;
        values[column.name] = numberAt(column, digit, radices[i] as number, epochMs);
      }
      return values;
    },
    resultOf: (place) => ((place as number) - ((place as number) % tie)) / tie,
    placeArg: (place) => place,
    readPlace: (reply) => Number(textOf(reply)),
    readRows(reply) {
      const flat = listOf('leaderboard/read', reply);
      const rows: Placement[] = [];
      for (let i = 0; i < flat.length; i += 2) {
        rows.push({ member: textOf(flat[i]), place: Number(textOf(flat[i + 1])) });
      }
      return rows;
    },
    writePlace: (place) => place.toString(36),
    parsePlace(text) {
      const place = Number.parseInt(text, 36);
      return Number.isSafeInteger(place) && place.toString(36) === text ? place : undefined;
    },
  };
}
