import type { ReadOptions } from '../board.js';
import type { Aim } from '../look.js';
import type { Column } from '../order/column.js';
import { mostRows } from '../read-arguments.js';
import { listOf, numberOf } from '../replies.js';
import type { Args } from '../rounds.js';
import type { Page } from '../rows.js';
import { lookEverywhere, wholeOf } from './look-everywhere.js';
import { mergeSlices } from './merge-slices.js';
import { pageOf } from './merged-page.js';
import { seek, sumOf } from './seek.js';
import type { ShardedBoardHome } from './shard-map.js';

/** Rows of the whole from an index on: near the top all before them are read, too; else it is sought where each shard stands. */
export async function rowsFrom<O extends readonly Column[], M>(
  home: ShardedBoardHome<M>,
  select: Aim,
  index: number,
  count: number,
  options: ReadOptions,
): Promise<Page<O, M>> {
  const { layout } = home.board;
  const isNear = index + count <= mostRows;
  const looks = await lookEverywhere(home, select, () => ['rank', 0, isNear ? index + count : 0], options);
  const reading = wholeOf(looks);
  const aim: Aim = () => ({ round: reading.round, during: undefined });
  let read = looks;
  let from: readonly number[] = looks.map(() => 0);
  if (!isNear && index < reading.total) {
    const plain = { ...options, ties: 'ordinal', metadata: false } as const;
    from = await seek(
      {
        totals: looks.map((look) => look?.reading.total ?? 0),
        rowsAt: async (indexes) => {
          const partsOf = (shard: number): Args | undefined => {
            const at = indexes[shard];
            return at === undefined ? undefined : ['rank', at, 1];
          };
          const rows = await lookEverywhere(home, aim, partsOf, plain);
          return rows.map((look) => look && layout.readRows(listOf('leaderboard/read', look.parts[0])[5])[0]);
        },
        countThrough: async (rows) => {
          const parts = rows.flatMap(({ place, member }): Args => ['beside', layout.placeArg(place), member]);
          const counts = await lookEverywhere(home, aim, () => parts, plain);
          return rows.map((_, i) =>
            counts.map((look) => numberOf(listOf('leaderboard/read', look?.parts[i])[0])),
          );
        },
      },
      index,
    );
    const most = index - sumOf(from) + count;
    read = await lookEverywhere(home, aim, (shard) => ['rank', from[shard] as number, most], options);
  }
  const skipped = index - sumOf(from);
  const rows = mergeSlices(read).rows.slice(skipped, skipped + count);
  // Where a shard has fewer by now than it is read from, the total says less than there is behind these rows.
  const behind = read.map((look, i) => Math.max(0, (look?.reading.total ?? 0) - (from[i] as number)));
  const more = rows.length > 0 && skipped + rows.length < sumOf(behind);
  return pageOf<O, M>(home, reading, { rows, start: index, more }, options);
}
