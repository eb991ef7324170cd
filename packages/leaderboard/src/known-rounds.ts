import { arrayReply, type Command, stringReply } from '@penknife/core';
import type { BoardHome } from './board-home.js';
import type { ResolvedBoard } from './board-options.js';
import type { SlotTag } from './keys.js';
import type { Layout } from './order/layout.js';
import { type Args, windowArgs } from './rounds.js';

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
export async function knownSlots<M>(home: BoardHome<M>): Promise<readonly SlotTag[]> {
  const { keys, name, tag } = home.options.home;
  const key = keys.reached(tag);
  const reached: Command<readonly string[]> = {
    args: ['SMEMBERS', key],
    key,
    repeatable: true,
    read: arrayReply('SMEMBERS', stringReply('SMEMBERS')),
  };
  const places = await home.sender.send(reached, home.call(undefined));
  return [tag, ...places.map((place): SlotTag => [name, 'apart', ...(JSON.parse(place) as string[])])];
}

/**
 * All rounds there are in a slot, the last to end first: rounds that end meanwhile are pruned at the other end, so none is
 * skipped. Rolling windows that are not declared any more are left out: they end by themselves.
 */
export async function* knownRounds<M>(home: BoardHome<M>, tag: SlotTag): AsyncGenerator<KnownRound> {
  const key = home.options.home.keys.rounds(tag);
  for (let from = 0; ; from += pageSize) {
    const found = await home.sender.send(registered(key, from, from + pageSize - 1), home.call(undefined));
    for (const text of found) {
      const round = readEntry(home.options.boards, text);
      if (round !== undefined) yield round;
    }
    if (found.length < pageSize) return;
  }
}

function registered(key: string, from: number, to: number): Command<readonly string[]> {
  return {
    args: ['ZREVRANGE', key, from, to],
    key,
    repeatable: true,
    read: arrayReply('ZREVRANGE', stringReply('ZREVRANGE')),
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
  const window = board?.window;
  if (has('w') && !(window && rest.includes(`rolling-${window.lengthMs}-${window.bucketMs}`)))
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
