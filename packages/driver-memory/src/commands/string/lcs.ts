import { integer, isOption } from '../../engine/arguments.js';
import { failure, syntaxError } from '../../engine/errors.js';
import type { Reply } from '../../engine/reply.js';
import type { Session } from '../../engine/session.js';
import type { CommandFamily } from '../command-family.js';
import { textOf } from './text-value.js';

const notStrings = failure('The specified keys must contain string values');
const bothAsked = failure('If you want both the length and indexes, please just use IDX.');

function lcs(session: Session, args: readonly string[]): Reply {
  const [left, right] = [args[1], args[2]].map((key) => {
    const entry = session.db.lookup(key as string);
    if (entry !== undefined && entry.kind !== 'string') throw notStrings;
    return entry === undefined ? '' : textOf(entry);
  }) as [string, string];
  let indexes = false;
  let lengthOnly = false;
  let withLengths = false;
  let shortest = 0;
  for (let i = 3; i < args.length; i++) {
    if (isOption(args[i], 'IDX')) indexes = true;
    else if (isOption(args[i], 'LEN')) lengthOnly = true;
    else if (isOption(args[i], 'WITHMATCHLEN')) withLengths = true;
    else if (isOption(args[i], 'MINMATCHLEN') && i + 1 < args.length) shortest = integer(args[++i] as string);
    else throw syntaxError;
  }
  if (indexes && lengthOnly) throw bothAsked;
  const table = lengths(left, right);
  const width = right.length + 1;
  const total = table[left.length * width + right.length] as number;
  if (lengthOnly) return total;
  const { text, ranges } = walkBack(left, right, table, Math.max(0, shortest));
  if (!indexes) return text;
  const matches = ranges.map((range) => (withLengths ? range : range.slice(0, 2)));
  return session.map(['matches', matches, 'len', total]);
}

/** Lengths of the longest common subsequences of all prefixes, row by row. */
function lengths(left: string, right: string): Uint32Array {
  const width = right.length + 1;
  const table = new Uint32Array((left.length + 1) * width);
  for (let i = 1; i <= left.length; i++) {
    for (let j = 1; j <= right.length; j++) {
      const at = i * width + j;
      table[at] =
        left.charCodeAt(i - 1) === right.charCodeAt(j - 1)
          ? (table[at - width - 1] as number) + 1
          : Math.max(table[at - width] as number, table[at - 1] as number);
    }
  }
  return table;
}

/** The subsequence, and its runs from the end as [[from, to], [from, to], length]. */
function walkBack(
  left: string,
  right: string,
  table: Uint32Array,
  shortest: number,
): { text: string; ranges: Reply[][] } {
  const width = right.length + 1;
  const ranges: Reply[][] = [];
  let text = '';
  let i = left.length;
  let j = right.length;
  let run = 0;
  const endRun = (): void => {
    if (run > 0 && run >= shortest) ranges.push([[i, i + run - 1], [j, j + run - 1], run]);
    run = 0;
  };
  while (i > 0 && j > 0) {
    if (left.charCodeAt(i - 1) === right.charCodeAt(j - 1)) {
      text = left.charAt(i - 1) + text;
      run++;
      i--;
      j--;
      continue;
    }
    endRun();
    if ((table[(i - 1) * width + j] as number) > (table[i * width + j - 1] as number)) i--;
    else j--;
  }
  endRun();
  return { text, ranges };
}

/** LCS. Source: the textbook dynamic programme, walked back as Redis does, so that equal solutions agree. */
export const lcsCommands: CommandFamily = { lcs };
