import { type Reply, refuse } from '@penknife/core';
import { listOf } from '../replies.js';
import {
  bitsOf,
  fingerprintOf,
  type Layout,
  type Place,
  radicesOf,
  resultColumns,
  valuesAt,
} from './layout.js';
import type { ResolvedColumn } from './resolve-order.js';

/** The longest place, in bytes. */
export const longestPlace = 64;

/**
 * The digits in as many big-endian bytes as each needs: exact whatever the columns, for some 80 bytes a member more than the
 * packed layout. Time columns are below 2^53 like every time.
 */
export function lexicographicLayout(
  columns: readonly ResolvedColumn[],
  periodMs: number | undefined,
  dense: boolean,
): Layout {
  const radices = radicesOf(columns, periodMs);
  const widths = radices.map((radix) => Math.ceil((radix - 1n).toString(16).length / 2));
  const width = widths.reduce((sum, each) => sum + each, 0);
  const tie = widths.slice(0, resultColumns(columns)).reduce((sum, each) => sum + each, 0);
  const widthOf = (column: number): number => widths[column] as number;

  function hex(digit: bigint, bytes: number): string {
    return digit.toString(16).padStart(2 * bytes, '0');
  }

  function digitsOf(place: Place): bigint[] {
    let from = 0;
    return widths.map((bytes) => {
      from += 2 * bytes;
      return BigInt(`0x${(place as string).slice(from - 2 * bytes, from)}`);
    });
  }

  return {
    kind: 'lexicographic',
    columns,
    bits: Math.ceil(radices.reduce((sum, radix) => sum + bitsOf(radix), 0) * 10) / 10,
    fingerprint: fingerprintOf('lexicographic', columns, periodMs, dense),
    tie,
    width,
    limits: radices.map((radix, i) => Buffer.from(hex(radix - 1n, widthOf(i)), 'hex')),
    digit(column, digit) {
      const inside = digit >= 0n && digit < (radices[column] as bigint);
      return inside ? Buffer.from(hex(digit, widthOf(column)), 'hex') : '';
    },
    change(column, change) {
      const size = change < 0n ? -change : change;
      const sign = change < 0n ? '-' : '+';
      // Wider than the column: it leaves the bounds wherever it is added.
      if (size >= (radices[column] as bigint)) return sign;
      return Buffer.concat([Buffer.from(sign), Buffer.from(hex(size, widthOf(column)), 'hex')]);
    },
    placeOf: (digits) => digits.map((digit, i) => hex(digit, widthOf(i))).join(''),
    digitsOf,
    scoreAt: (place, epochMs) => valuesAt(columns, digitsOf(place), radices, epochMs),
    resultOf: (place) => (place as string).slice(0, 2 * tie),
    placeArg: (place) => Buffer.from(place as string, 'hex'),
    readPlace: (reply) => bytesOf(reply).toString('hex'),
    readRows: (reply) =>
      listOf('leaderboard/read', reply).map((row) => {
        const bytes = bytesOf(row);
        return { member: bytes.toString('utf8', width), place: bytes.toString('hex', 0, width) };
      }),
    writePlace: (place) => place as string,
    parsePlace: (text) => (text.length === 2 * width && /^[0-9a-f]+$/.test(text) ? text : undefined),
  };
}

function bytesOf(reply: Reply | undefined): Buffer {
  if (!(reply instanceof Uint8Array)) return refuse('leaderboard', 'bytes', reply);
  return Buffer.from(reply.buffer, reply.byteOffset, reply.byteLength);
}
