import type { CallOptions } from '@penknife/core';
import type { BoardHome } from './board-home.js';
import { scripts } from './commands.js';
import { checkMember } from './member.js';
import type { ResolvedOptions } from './options.js';
import {
  type Args,
  duringArgs,
  inServerTime,
  keysOf,
  selectRound,
  shapeArgs,
  type Target,
} from './rounds.js';
import { type Parts, targetsOf } from './submit/submit-request.js';

/**
 * Takes a member off the current rounds of all boards, of split ones those of these parts: one act a slot. Resolves to the number of
 * boards it was on.
 */
export async function removeEverywhere<M>(
  home: BoardHome<M>,
  member: string,
  parts: Parts | undefined,
  call: CallOptions,
): Promise<number> {
  checkMember(member);
  const { boards, kind } = home.options;
  const selections = targetsOf(boards, parts).map(({ board, part }) => ({
    board,
    select: selectRound(board, part === undefined ? {} : { part }),
  }));
  const near = selections.filter(({ board }) => !board.apart);
  const slots = [
    ...(near.length > 0 ? [near] : []),
    ...selections.filter(({ board }) => board.apart).map((each) => [each]),
  ];
  let removed = 0;
  for (const slot of slots) {
    const { taken } = await inServerTime(home.time, (nowMs) => {
      const { keys, args } = removalOf(
        home.options,
        member,
        slot.map(({ select }) => select(nowMs)),
      );
      return home.sender.send(scripts[kind].remove(keys, args), home.call(call));
    });
    removed += taken;
  }
  return removed;
}

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
