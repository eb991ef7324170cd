import type { Command, Reply } from '@penknife/core';
import type { ReadOptions } from './board.js';
import type { BoardHome } from './board-home.js';
import type { ResolvedBoard } from './board-options.js';
import type { Aim } from './look.js';
import type { Column } from './order/column.js';
import { asksSetAlone } from './rank.js';
import { listOf } from './replies.js';
import { keysOf } from './rounds.js';
import { type Friend, readFriends } from './rows.js';
import { checkPolicy } from './ties.js';

/** Where members are on a packed board: text, or null for those who are not on it. */
function placesAt(key: string, members: readonly string[]): Command<readonly Reply[]> {
  return {
    args: ['ZMSCORE', key, ...members],
    key,
    repeatable: true,
    read: (reply) => listOf('ZMSCORE', reply),
  };
}

/**
 * Ranks members among themselves by one plain command: a script would only pass the answer on. Undefined where more than the
 * sorted set has to be asked: metadata, a rolling window, the server's clock.
 */
export async function plainFriends<O extends readonly Column[], M>(
  home: BoardHome<M>,
  board: ResolvedBoard,
  aim: Aim,
  members: readonly string[],
  options: ReadOptions,
): Promise<readonly Friend<O, M>[] | undefined> {
  if (board.calendar !== undefined || !asksSetAlone(home, board, options)) return undefined;
  const { ties: policy = home.options.ties, metadata: _, ...call } = options;
  checkPolicy(policy, true, board.name);
  const { round } = aim(0);
  const [key] = keysOf(home.options.home, round);
  const places = await home.sender.send(placesAt(key as string, members), home.call(call));
  return readFriends<O, M>({ round, policy, codec: undefined, total: members.length }, [places], members);
}
