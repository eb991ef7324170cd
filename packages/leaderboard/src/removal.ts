import type { Args } from './commands.js';
import type { ResolvedOptions } from './options.js';
import { keysOf, type Target } from './rounds.js';

/** Keys and arguments of one round of a removal. */
export function removalOf<M>(
  { keys: builders, name, metadata }: ResolvedOptions<M>,
  { round, during }: Target,
): { readonly keys: readonly string[]; readonly args: Args } {
  const { dense, layout } = round.board;
  const keys = keysOf(builders, name, round);
  return {
    keys: [keys.board, ...(dense ? [keys.groups] : []), ...(metadata ? [keys.meta] : [])],
    args: [dense ? 1 : 0, metadata ? 1 : 0, layout.tieRadix, during?.startMs ?? '', during?.endMs ?? ''],
  };
}
