import type { ResolvedOptions } from './options.js';
import { type Args, duringArgs, keysOf, shapeArgs, type Target } from './rounds.js';

/** Keys and arguments of the removal of a member from some rounds. */
export function removalOf<M>(
  { home }: ResolvedOptions<M>,
  member: string,
  targets: readonly Target[],
  everything = false,
): { readonly keys: readonly string[]; readonly args: Args } {
  return {
    keys: targets.flatMap(({ round }) => keysOf(home, round)),
    args: [
      member,
      everything ? 1 : 0,
      targets.length,
      ...targets.flatMap((target) => [...shapeArgs(home, target.round.board), ...duringArgs(target)]),
    ],
  };
}
