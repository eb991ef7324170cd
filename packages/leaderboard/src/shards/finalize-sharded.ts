import type { BoardHome } from '../board-home.js';
import type { Period } from '../calendar/period.js';
import { handedOver } from '../commands.js';
import type { Finalized, FinalizeOptions } from '../final-result.js';
import {
  checkFinalize,
  type Frozen,
  finalKeys,
  finalRows,
  freeze,
  handAwardsOver,
  periodOf,
  readFrozen,
} from '../finalize.js';
import type { Aim } from '../look.js';
import type { Column } from '../order/column.js';
import type { Layout, Placement } from '../order/layout.js';
import { type BoardSelection, selectRound } from '../rounds.js';
import { inOrder } from './merge-slices.js';
import type { ShardedBoardHome } from './shard-map.js';

/**
 * Freezes a period of all shards: the first shard decides how many rows and under which policy, then each freezes its own best,
 * the last one after all others: whoever freezes that one has frozen the whole. A closed period takes no scores, so what is
 * merged of them is the same for all who ask.
 */
export async function finalizeSharded<O extends readonly Column[], M>(
  { shards, board }: ShardedBoardHome<M>,
  selection: BoardSelection,
  options: FinalizeOptions<O> = {},
): Promise<Finalized<O>> {
  const [lead, ...others] = shards.homes;
  if (lead === undefined) throw new Error('a board has shards');
  const { top, ties, call } = checkFinalize(lead, board, options);
  const first = await freeze(lead, board, selectRound(board, selection), top, ties, call);
  const { round } = first;
  const { startMs, endMs, off } = periodOf(round);
  const period: Period = { startMs, endMs };
  if (!('result' in first.answer)) return { status: off ? 'gone' : first.answer.kind, period };
  const decided = readFrozen(board, first.answer);
  const aim: Aim = () => ({ round, during: undefined });
  const frozen = (home: BoardHome<M>) => freeze(home, board, aim, decided.top, decided.ties, call);
  const parts: Frozen[] = [decided];
  let isFirst = false;
  for (const homes of [others.slice(0, -1), others.slice(-1)]) {
    for (const { answer } of await Promise.all(homes.map(frozen))) {
      if (!('result' in answer)) return { status: answer.kind, period };
      parts.push(readFrozen(board, answer));
      isFirst = answer.kind === 'first';
    }
  }
  const merged = parts
    .flatMap(({ rows }) => rows)
    .sort(inOrder)
    .slice(0, decided.top);
  const last = merged.at(-1);
  const upTo =
    last === undefined ? 0 : parts.reduce((sum, part) => sum + notWorse(board.layout, part, last), 0);
  const rows = finalRows<O>(board, period, merged, decided.ties, upTo);
  const waiting = new Set(parts.flatMap(({ pending }) => [...pending]));
  const { pending, failures } = await handAwardsOver(lead, round, rows, waiting, options.reward, (member) => {
    const home = shards.homeOf(member);
    return home.sender.send(handedOver(finalKeys(home.options.home, round)[1], member), home.call(call));
  });
  const total = parts.reduce((sum, part) => sum + part.total, 0);
  return { status: 'final', period, first: isFirst, total, rows, pending, failures };
}

/** How many of a shard are not worse than the last row of the whole: none is that its frozen rows do not tell of. */
function notWorse(layout: Layout, { rows, upTo }: Frozen, last: Placement): number {
  const result = layout.resultOf(last.place);
  const own = rows.at(-1);
  if (own !== undefined && layout.resultOf(own.place) === result) return upTo;
  return rows.filter(({ place }) => layout.resultOf(place) <= result).length;
}
