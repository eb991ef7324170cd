import {
  type CallOptions,
  type Command,
  InvalidArgumentError,
  integerReply,
  oneDeadline,
} from '@penknife/core';
import type { BoardHome } from './board-home.js';
import { scripts } from './commands.js';
import { type EachCall, type KnownRound, knownRounds, knownSlots } from './known-rounds.js';
import { checkMember } from './member.js';
import { mergedPlace } from './merged-place.js';
import type { Place } from './order/layout.js';
import { readScripts } from './read-script.js';
import { listOf } from './replies.js';

/**
 * What concerns a member on all boards, in all periods that can still be read. A call is many commands, one after another, of
 * one deadline where it gives one: when it rejects, a part may be done, and called again it does the rest.
 */
export interface Members {
  /**
   * Takes the member off everything, with its metadata, history, attempts and ban. Resolves to the number of boards (and
   * periods) it was on. What is final stays as it was written, and the memory of keys ends by itself; a submit that comes
   * meanwhile or later makes the member anew.
   */
  forget(member: string, options?: CallOptions): Promise<number>;
  /**
   * Hides the member: its scores are kept, and still change by its submits, but no read knows it. Needs `bans: true`.
   * Resolves to the number of boards it was taken from. From rolling windows it is taken for good.
   */
  ban(member: string, options?: CallOptions): Promise<number>;
  /** Brings a banned member back, with the scores it has by now. Resolves to the number of boards it came back to. */
  unban(member: string, options?: CallOptions): Promise<number>;
  /**
   * Gives what `from` has to `to`; neither may be banned, nor be banned meanwhile, nor its `unban` be half done: what is hidden would come to light. Where both have a score, `best` keeps the better one, `sum` adds, `last` keeps the later
   * one, and `set` that of `to`; metadata and history of `to` stay. Each board moves in one act of its own; called again after
   * an error it does the rest. Rolling windows are left alone: there `from` lapses. Attempts that were spent add up elsewhere, also those of a `from` without a place. Resolves to the number of boards moved.
   */
  rename(from: string, to: string, options?: CallOptions): Promise<number>;
}

const roundsPerCall = 50;
const attempts = 10;

/** The members of a leaderboard. */
export function createMembers<M>(home: BoardHome<M>): Members {
  const { keys, tag, bans } = home.options.home;

  /** What gives each command of a call its options. */
  function commandsOf(call: CallOptions | undefined): EachCall {
    const left = oneDeadline(home.clock, call);
    return () => home.call(left());
  }

  async function everywhere(
    next: EachCall,
    act: 'remove' | 'hide' | 'show',
    first: readonly (string | number)[],
    wanted: (round: KnownRound) => boolean,
  ): Promise<number> {
    let done = 0;
    const waiting: Record<KnownRound['kind'], KnownRound[]> = { packed: [], lexicographic: [] };
    const flush = async (kind: KnownRound['kind']): Promise<void> => {
      const rounds = waiting[kind].splice(0);
      if (rounds.length === 0) return;
      const during = act === 'remove' ? ['', ''] : [];
      const command = scripts[kind][act](
        rounds.flatMap((round) => round.keys),
        [...first, rounds.length, ...rounds.flatMap(({ shape }) => [...shape, ...during])],
      );
      const answer = await home.sender.send<number | { readonly kind: string; readonly taken?: number }>(
        command,
        next(),
      );
      done += typeof answer === 'number' ? answer : (answer.taken ?? 0);
    };
    for (const slot of await knownSlots(home, next)) {
      for await (const round of knownRounds(home, slot, next)) {
        if (!wanted(round)) continue;
        waiting[round.kind].push(round);
        if (waiting[round.kind].length === roundsPerCall) await flush(round.kind);
      }
      await flush('packed');
      await flush('lexicographic');
    }
    return done;
  }

  function checkBans(): void {
    if (!bans) throw new InvalidArgumentError('bans', 'must be true for members to be banned', bans);
  }

  async function mark(next: EachCall, command: 'SADD' | 'SREM', member: string): Promise<void> {
    const key = keys.banned(tag);
    const marked: Command<number> = {
      args: [command, key, member],
      key,
      repeatable: true,
      read: integerReply(command),
    };
    await home.sender.send(marked, next());
  }

  async function refuseBanned(next: EachCall, argument: string, member: string): Promise<void> {
    const key = keys.banned(tag);
    const asked: Command<number> = {
      args: ['SISMEMBER', key, member],
      key,
      repeatable: true,
      read: integerReply('SISMEMBER'),
    };
    if ((await home.sender.send(asked, next())) === 1) throw bannedError(argument, member);
  }

  async function moveOne(
    next: EachCall,
    round: KnownRound,
    from: string,
    to: string,
    guard: readonly string[],
  ): Promise<boolean> {
    const { board, kind } = round;
    if (board === undefined || round.rolling) return false;
    const { layout } = board;
    const read = readScripts(kind, { window: undefined }, 'members').bytes(round.keys, [
      'ordinal',
      ...round.shape,
      '',
      '',
      'friends',
      2,
      from,
      to,
    ]);
    for (let attempt = 0; attempt < attempts; attempt++) {
      const answer = await home.sender.send(read, next());
      if (answer.kind !== 'ok') return false;
      const [places] = listOf('leaderboard/read', answer.parts[0]);
      const [was, is] = listOf('leaderboard/read', places).map((place) =>
        place === null ? undefined : layout.readPlace(place),
      ) as [Place | undefined, Place | undefined];
      // Attempts may be spent by who has no place: removed since, or beyond the last of a full board.
      if (was === undefined && board.attempts === 0) return false;
      const merged = was === undefined || is === undefined ? was : mergedPlace(board, was, is);
      const command = scripts[kind].merge(
        [...round.keys, ...guard],
        [
          from,
          to,
          ...[was, is, merged].map((place) => (place === undefined ? '' : layout.placeArg(place))),
          ...round.shape,
        ],
      );
      const done = await home.sender.send(command, next());
      if (done === 1) return was !== undefined;
      // Banned since it was asked, or still hidden there.
      if (done === -1) throw bannedError('from', from);
      if (done === -2) throw bannedError('to', to);
    }
    throw new InvalidArgumentError('from', 'must not be submitted to all the time while it is renamed', from);
  }

  return {
    forget: async (member, call) => {
      checkMember(member);
      const next = commandsOf(call);
      if (bans) await mark(next, 'SREM', member);
      return everywhere(next, 'remove', [member, 1], () => true);
    },
    ban: async (member, call) => {
      checkMember(member);
      checkBans();
      const next = commandsOf(call);
      await mark(next, 'SADD', member);
      return (
        (await everywhere(next, 'hide', [member], ({ rolling }) => !rolling)) +
        (await everywhere(next, 'remove', [member, 0], ({ rolling }) => rolling))
      );
    },
    unban: async (member, call) => {
      checkMember(member);
      checkBans();
      const next = commandsOf(call);
      await mark(next, 'SREM', member);
      return everywhere(next, 'show', [member], ({ rolling }) => !rolling);
    },
    rename: async (from, to, call) => {
      checkMember(from, 'from');
      checkMember(to, 'to');
      if (from === to) throw new InvalidArgumentError('to', 'must be another name than from', to);
      const next = commandsOf(call);
      if (bans) {
        await refuseBanned(next, 'from', from);
        await refuseBanned(next, 'to', to);
      }
      let moved = 0;
      for (const slot of await knownSlots(home, next)) {
        // A board that lived apart before there were bans lies in another slot than they do.
        const guard = bans && slot === tag ? [keys.banned(tag)] : [];
        for await (const round of knownRounds(home, slot, next)) {
          if (await moveOne(next, round, from, to, guard)) moved++;
        }
      }
      return moved;
    },
  };
}

function bannedError(argument: string, member: string): InvalidArgumentError {
  return new InvalidArgumentError(
    argument,
    'must not be banned, nor still be hidden: unban it first, or again',
    member,
  );
}
