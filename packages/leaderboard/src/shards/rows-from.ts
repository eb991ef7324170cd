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
import { seek } from './seek.js';
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
  let found = mergeSlices(looks);
  let before = 0;
  if (!isNear && index < found.total) {
    const plain = { ...options, ties: 'ordinal', metadata: false } as const;
    const from = await seek(
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
    before = from.reduce((sum, each) => sum + each, 0);
    const partsOf = (shard: number): Args => ['rank', from[shard] as number, index - before + count];
    found = mergeSlices(await lookEverywhere(home, aim, partsOf, options));
  }
  const rows = found.rows.slice(index - before, index - before + count);
  const more = rows.length > 0 && index + rows.length < found.total;
  return pageOf<O, M>(home, reading, { rows, start: index, more }, options);
}
