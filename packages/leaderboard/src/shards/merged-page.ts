import type { ReadOptions } from '../board.js';
import { writeCursor } from '../cursor.js';
import type { Aim } from '../look.js';
import type { Column } from '../order/column.js';
import type { Place } from '../order/layout.js';
import { type Page, type Reading, rowOf } from '../rows.js';
import { ranksOf } from '../ties.js';
import type { PlacedRow } from './merge-slices.js';
import type { ShardedBoardHome } from './shard-map.js';
import { countBeside } from './standings.js';

/** Consecutive rows of the whole. */
export interface MergedRows {
  readonly rows: readonly PlacedRow[];
  /** Members before the first of them. */
  readonly start: number;
  /** Whether something is left behind the last. */
  readonly more: boolean;
  readonly worst?: Place | undefined;
}

/**
 * Makes a page of rows of the whole. The competition and modified policies have to know who is better than the first row, or
 * not worse than the last: one more parallel round trip, where that cannot be seen.
 */
export async function pageOf<O extends readonly Column[], M>(
  home: ShardedBoardHome<M>,
  reading: Reading<M>,
  { rows, start, more, worst }: MergedRows,
  options: ReadOptions | undefined,
): Promise<Page<O, M>> {
  const { board } = home;
  const { policy, round, total } = reading;
  const [first] = rows;
  const last = rows.at(-1);
  const asked = policy === 'competition' && start > 0 ? first : policy === 'modified' ? last : undefined;
  let facing = 0;
  if (asked !== undefined) {
    const aim: Aim = () => ({ round, during: undefined });
    const { sums } = await countBeside(home, aim, [asked], options, true);
    facing = sums[0]?.rank ?? 0;
  }
  const ranks = ranksOf(
    rows.map(({ place }) => board.layout.resultOf(place)),
    { start, ahead: facing, upTo: facing, groupsAhead: 0 },
    policy,
  );
  const next =
    more && last !== undefined
      ? writeCursor(board.layout, { ...last, worst, startMs: round.period?.startMs })
      : null;
  return {
    rows: rows.map((row, i) => rowOf<O, M>(reading, row.member, row.place, ranks[i] as number, row.metadata)),
    total,
    next,
    period: round.period === undefined || round.period.off ? null : round.period,
  };
}
