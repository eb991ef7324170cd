import { InvalidArgumentError } from '@penknife/core';

/**
 * A place in a stream: its start, its end as of now, an entry id (`'1700000000000-3'`), or a time by the clock of the
 * server, in ms since 1970.
 */
export type Position = 'start' | 'now' | { readonly id: string } | { readonly timeMs: number };

const largestSequence = '18446744073709551615';
const idRule = /^\d{1,20}-\d{1,20}$/;

/** Checks an entry id: `ms-seq`, both decimal. */
export function checkId(id: string, argument: string): string {
  if (typeof id !== 'string' || !idRule.test(id)) {
    throw new InvalidArgumentError(argument, "must be an entry id like '1700000000000-0'", id);
  }
  return id;
}

function checkPosition(position: Position, argument: string): void {
  if (position === 'start' || position === 'now') return;
  if (typeof position === 'object' && position !== null && ('id' in position || 'timeMs' in position)) return;
  throw new InvalidArgumentError(argument, "must be 'start', 'now', { id } or { timeMs }", position);
}

/** The first id that a position includes, as XRANGE takes it; `'now'` is the end. */
export function lowestId(position: Position, argument: string): string {
  checkPosition(position, argument);
  if (position === 'start') return '-';
  if (position === 'now') return '+';
  return 'id' in position ? checkId(position.id, argument) : `${wholeMs(position.timeMs, argument)}-0`;
}

/** The last id that a position includes, as XRANGE takes it. */
export function highestId(position: Position, argument: string): string {
  checkPosition(position, argument);
  if (position === 'start') return '-';
  if (position === 'now') return '+';
  if ('id' in position) return checkId(position.id, argument);
  return `${wholeMs(position.timeMs, argument)}-${largestSequence}`;
}

/**
 * The id after which a reader that starts at the position reads: an id is what was read last, a time is included.
 * `'now'` gives `$`, which must be resolved to a real id once.
 */
export function idBefore(position: Position, argument: string): string {
  checkPosition(position, argument);
  if (position === 'start') return '0-0';
  if (position === 'now') return '$';
  if ('id' in position) return checkId(position.id, argument);
  const timeMs = wholeMs(position.timeMs, argument);
  return timeMs === 0 ? '0-0' : `${timeMs - 1}-${largestSequence}`;
}

/** Compares two ids by their parts as numbers: they do not sort as text, and pass 2^53. */
export function compareIds(left: string, right: string): number {
  if (typeof left !== 'string' || typeof right !== 'string')
    checkId(typeof left === 'string' ? right : left, 'id');
  const [leftDash, rightDash] = [left.indexOf('-'), right.indexOf('-')];
  // Parts of equal length sort as text; nearly all ids of a stream do.
  if (leftDash === rightDash && left.length === right.length) {
    return left === right ? 0 : left < right ? -1 : 1;
  }
  return (
    compareDigits(left.slice(0, leftDash), right.slice(0, rightDash)) ||
    compareDigits(left.slice(leftDash + 1), right.slice(rightDash + 1))
  );
}

/** When the entry was appended, in ms since 1970 by the clock of the server. */
export function timeOfId(id: string): number {
  if (typeof id !== 'string') checkId(id, 'id');
  return Number(id.slice(0, id.indexOf('-')));
}

function compareDigits(left: string, right: string): number {
  if (left.length !== right.length) return left.length < right.length ? -1 : 1;
  return left === right ? 0 : left < right ? -1 : 1;
}

function wholeMs(timeMs: number, argument: string): number {
  if (!Number.isSafeInteger(timeMs) || timeMs < 0) {
    throw new InvalidArgumentError(argument, 'must be a time in whole ms since 1970', timeMs);
  }
  return timeMs;
}
