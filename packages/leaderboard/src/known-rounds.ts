import { arrayReply, type CallOptions, type Command, type Reply, stringReply } from '@penknife/core';
import type { BoardHome } from './board-home.js';
import type { ResolvedBoard } from './board-options.js';
import type { SlotTag } from './keys.js';
import type { Layout } from './order/layout.js';
import { listOf, textOf } from './replies.js';
import { type Args, windowArgs, windowName } from './rounds.js';

/** The options of a call's next command; throws when nothing is left of its deadline. */
export type EachCall = () => CallOptions | undefined;

/** A round as the register of a leaderboard knows it, also one of a board that is not declared any more. */
export interface KnownRound {
  readonly kind: Layout['kind'];
  readonly keys: readonly string[];
  readonly shape: Args;
  /** The board as it is declared now; undefined: it is not, or under another order. */
  readonly board: ResolvedBoard | undefined;
  readonly rolling: boolean;
}

const entry = /^(\w*),(\d+),(\d+),(.*:)(board|period)(:\{.*\}:.*)$/;
const pageSize = 500;

/** The slots of a leaderboard: its own, then those that its outbox has reached, also of boards that are not declared any more. */
export async function knownSlots<M>(home: BoardHome<M>, next: EachCall): Promise<readonly SlotTag[]> {
  const { keys, name, tag } = home.options.home;
  const key = keys.reached(tag);
  const reached: Command<readonly string[]> = {
    args: ['SMEMBERS', key],
    key,
    repeatable: true,
    read: arrayReply('SMEMBERS', stringReply('SMEMBERS')),
  };
  const places = await home.sender.send(reached, next());
  return [tag, ...places.map((place): SlotTag => [name, 'apart', ...(JSON.parse(place) as string[])])];
}

/**
 * All rounds there are in a slot, some perhaps twice: by cursor, for the ranks of rolling windows move with every submit to them.
 * Rolling windows that are not declared any more are left out: they end by themselves.
 */
export async function* knownRounds<M>(
  home: BoardHome<M>,
  tag: SlotTag,
  next: EachCall,
): AsyncGenerator<KnownRound> {
  const key = home.options.home.keys.rounds(tag);
  let cursor = '0';
  do {
    const page = await home.sender.send(registered(key, cursor), next());
    for (const text of page.found) {
      const round = readEntry(home.options.boards, text);
      if (round !== undefined) yield round;
    }
    cursor = page.next;
  } while (cursor !== '0');
}

interface Page {
  readonly next: string;
  readonly found: readonly string[];
}

function registered(key: string, cursor: string): Command<Page> {
  return { args: ['ZSCAN', key, cursor, 'COUNT', pageSize], key, repeatable: true, read: readPage };
}

/** Names and scores alternate; the scores are of no concern. */
function readPage(reply: Reply): Page {
  const [next, entries] = listOf('ZSCAN', reply);
  return {
    next: textOf(next),
    found: listOf('ZSCAN', entries)
      .filter((_, i) => i % 2 === 0)
      .map(textOf),
  };
}

function readEntry(boards: readonly ResolvedBoard[], text: string): KnownRound | undefined {
  const [, registered = '', tie, width, before = '', life = '', after = ''] = entry.exec(text) ?? [];
  const [name, fingerprint, ...rest] = after.slice(after.indexOf('}') + 2).split(':');
  const board = boards.find((each) => each.name === name && each.layout.fingerprint === fingerprint);
  // The register says what the round had when it began. Metadata, histories, attempts and bans may have been switched on since,
  // so whoever looks for a member looks at all of them: what a round has not is a key that does not exist.
  const flags = [
    ...(registered.includes('g') ? 'g' : ''),
    'mhab',
    ...(registered.includes('w') ? 'w' : ''),
  ].join('');
  const has = (flag: string): boolean => flags.includes(flag);
  if (has('w') && !(board?.window && rest.includes(windowName(board.operator, board.window))))
    return undefined;
  const at = (kind: string): string => `${before}${life}${kind}${after}`;
  const kinds = [
    '',
    ...(width === '0' ? [] : ['-index']),
    ...(has('g') ? ['-groups'] : []),
    '-meta',
    '-history',
    '-attempts',
    '-hidden',
    ...(has('w') ? ['-parts', '-lapses'] : []),
  ];
  return {
    kind: width === '0' ? 'packed' : 'lexicographic',
    keys: kinds.map(at),
    shape: [
      flags,
      Number(tie),
      Number(width),
      // Of histories and attempts only the keys matter here.
      ...[1, 1, 1],
      ...(has('w') && board ? windowArgs(board) : []),
    ],
    board,
    rolling: has('w'),
  };
}
