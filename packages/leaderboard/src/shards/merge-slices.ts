import type { Reply } from '@penknife/core';
import type { Look } from '../look.js';
import { byBytes } from '../member.js';
import type { Place } from '../order/layout.js';
import { listOf, numberOf } from '../replies.js';
import { metadataAt } from '../rows.js';

/** A row of some shard. */
export interface PlacedRow {
  readonly member: string;
  readonly place: Place;
  readonly metadata: Uint8Array | null;
}

/** Rows of all shards in the board's order. */
export interface Merged {
  /** Members of all shards before what each of them gave. */
  readonly start: number;
  /** Members in the ranges that were asked for. */
  readonly inRange: number;
  /** Members on the board. */
  readonly total: number;
  readonly rows: readonly PlacedRow[];
}

/** Merges a window of each shard (see read.lua). */
export function mergeSlices<M>(looks: readonly (Look<M> | undefined)[], part = 0): Merged {
  let start = 0;
  let inRange = 0;
  let total = 0;
  const rows: PlacedRow[] = [];
  for (const look of looks) {
    if (look === undefined) continue;
    const [before, range, , , , flat, metadata] = listOf('leaderboard/read', look.parts[part] as Reply);
    start += numberOf(before);
    inRange += numberOf(range);
    total += look.reading.total;
    for (const [i, row] of look.reading.round.board.layout.readRows(flat).entries()) {
      rows.push({ ...row, metadata: metadataAt(metadata, i) });
    }
  }
  rows.sort(inOrder);
  return { start, inRange, total, rows };
}

/** The board's order: by place, then by the bytes of the names. */
export function inOrder(
  left: { readonly place: Place; readonly member: string },
  right: { readonly place: Place; readonly member: string },
): number {
  if (left.place !== right.place) return left.place < right.place ? -1 : 1;
  return byBytes(left.member, right.member);
}
