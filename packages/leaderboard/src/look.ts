import { oneDeadline, type Reply } from '@penknife/core';
import type { ReadOptions } from './board.js';
import type { BoardHome } from './board-home.js';
import type { ResolvedBoard } from './board-options.js';
import { readScripts } from './read-script.js';
import {
  type Args,
  type ClockRefusal,
  duringArgs,
  inServerTime,
  keysOf,
  shapeArgs,
  type Target,
} from './rounds.js';
import type { Reading } from './rows.js';
import { checkPolicy } from './ties.js';

/** What one look at a round told: a reply for each part that was asked for. */
export interface Look<M> {
  readonly kind: 'ok';
  readonly reading: Reading<M>;
  readonly parts: readonly Reply[];
}

/** Which round is looked at, at a time of the server. */
export type Aim = (nowMs: number) => Target;

/** What a look does without. */
export interface LookOptions extends ReadOptions {
  /** The policy ranks members among themselves, which needs nothing of the board. */
  readonly local?: boolean;
}

/** Looks at a round of a board: one script, all parts of one instant. Throws `InvalidArgumentError` for a policy the board has not. */
export async function look<M>(
  home: BoardHome<M>,
  board: ResolvedBoard,
  aim: Aim,
  parts: Args,
  options: LookOptions = {},
): Promise<Look<M>> {
  const { kind, metadata: codec, home: place } = home.options;
  const { ties: policy = home.options.ties, metadata = true, local = false, ...call } = options;
  checkPolicy(policy, local || board.dense, board.name);
  const described = metadata && codec !== undefined;
  // Each kind of part is told by its word; what follows it may be a member of that name, so only the first is looked at.
  const asked = parts[0] === 'members' || parts[0] === 'friends' ? 'members' : 'pages';
  const script = readScripts(kind, board, asked)[described ? 'bytes' : 'plain'];
  const left = oneDeadline(home.clock, call);
  return inServerTime(home.time, async (nowMs): Promise<Look<M> | ClockRefusal> => {
    const target = aim(nowMs);
    const { round } = target;
    const own = { ...place, described };
    const args = [policy, ...shapeArgs(own, board), ...duringArgs(target), ...parts];
    const command = script(keysOf(own, round), args);
    let answer = await home.sender.send(command, home.call(left()));
    // A rolling window takes off what has lapsed a little at a time; each look does some of it.
    while (answer.kind === 'behind') answer = await home.sender.send(command, home.call(left()));
    if (answer.kind === 'clock') return answer;
    return { kind: 'ok', reading: { round, policy, codec, total: answer.total }, parts: answer.parts };
  });
}
