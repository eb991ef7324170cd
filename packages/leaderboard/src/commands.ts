import {
  type Command,
  defineScript,
  fragments,
  integerReply,
  type Reply,
  refuse,
  type ScriptCall,
} from '@penknife/core';
import type { Layout } from './order/layout.js';
import { listOf, numberOf, textOf } from './replies.js';
import type { ClockRefusal } from './rounds.js';
import dropLua from './scripts/drop.lua';
import finalizeLua from './scripts/finalize.lua';
import hideLua from './scripts/hide.lua';
import historyLua from './scripts/history.lua';
import lexicographicLua from './scripts/lexicographic.lua';
import mergeLua from './scripts/merge.lua';
import packedLua from './scripts/packed.lua';
import ranksLua from './scripts/ranks.lua';
import readLua from './scripts/read.lua';
import removeLua from './scripts/remove.lua';
import roundLua from './scripts/round.lua';
import showLua from './scripts/show.lua';
import submitLua from './scripts/submit.lua';
import windowLua from './scripts/window.lua';

/** What a submit is answered with. */
export type SubmitAnswer =
  | { readonly kind: 'ok'; readonly text: string; readonly repeated: boolean }
  | { readonly kind: 'bounds'; readonly board: number; readonly column: number }
  | ClockRefusal;

/** What a read is answered with: members on the board, and one reply for each part that was asked for. */
export type ReadAnswer =
  | { readonly kind: 'ok'; readonly total: number; readonly parts: readonly Reply[] }
  | { readonly kind: 'behind' }
  | ClockRefusal;

/** What the attempt to freeze a period is answered with. */
export type FinalAnswer =
  | { readonly kind: 'open' | 'gone' }
  | {
      readonly kind: 'first' | 'again';
      readonly result: readonly Reply[];
      readonly pending: readonly string[];
    }
  | ClockRefusal;

/** What a removal is answered with: from how many boards the member was taken. */
export type RemoveAnswer = { readonly kind: 'ok'; readonly taken: number } | ClockRefusal;

/** The scripts of one kind of layout. */
export interface LayoutScripts {
  /** A submit to many boards of one slot. Harmless when run twice only with an idempotency key. */
  readonly submit: ScriptCall<SubmitAnswer, number, number>;
  /** A look at one round. */
  readonly read: ScriptCall<ReadAnswer, number, number>;
  /** The same where metadata, which is bytes, is among what is read. */
  readonly readBytes: ScriptCall<ReadAnswer, number, number>;
  /** Takes a member off rounds of one slot. */
  readonly remove: ScriptCall<RemoveAnswer, number, number>;
  /** Takes a banned member out of rounds; gives from how many. */
  readonly hide: ScriptCall<number, number, number>;
  /** Brings it back. */
  readonly show: ScriptCall<number, number, number>;
  /** Gives a member's place to another name; 1 when done, 0 when something had moved. */
  readonly merge: ScriptCall<number, number, number>;
  /** Freezes a period. */
  readonly finalize: ScriptCall<FinalAnswer, number, number>;
}

function scriptsOf(kind: Layout['kind'], layoutLua: string): LayoutScripts {
  const suffix = kind === 'packed' ? '' : `-${kind}`;
  const base = { keys: 'any', args: 'any' } as const;
  const before = [fragments.nowMs, roundLua, layoutLua];
  const read = {
    ...base,
    name: `leaderboard/read${suffix}`,
    lua: readLua,
    fragments: [...before, ranksLua, dropLua, windowLua],
    repeatable: true,
    read: readAnswer,
  } as const;
  const bytes = { bytes: true } as const;
  const act = (name: string, lua: string): ScriptCall<number, number, number> =>
    defineScript({
      ...base,
      name: `leaderboard/${name}${suffix}`,
      lua,
      fragments: [...before, dropLua],
      read: integerReply(`leaderboard/${name}`),
    });
  return {
    submit: defineScript({
      ...base,
      name: `leaderboard/submit${suffix}`,
      lua: submitLua,
      fragments: [...before, ranksLua, dropLua, windowLua, historyLua],
      read: submitAnswer,
    }),
    read: defineScript(kind === 'packed' ? read : { ...read, ...bytes }),
    readBytes: defineScript({ ...read, ...bytes }),
    remove: defineScript({
      ...base,
      name: `leaderboard/remove${suffix}`,
      lua: removeLua,
      fragments: [...before, dropLua],
      repeatable: true,
      read: removeAnswer,
    }),
    hide: act('hide', hideLua),
    show: act('show', showLua),
    merge: act('merge', mergeLua),
    finalize: defineScript({
      ...base,
      name: `leaderboard/finalize${suffix}`,
      lua: finalizeLua,
      fragments: before,
      repeatable: true,
      bytes: true,
      read: finalAnswer,
    }),
  };
}

/** The scripts, by the layout of a leaderboard's boards: the same acts on another store. */
export const scripts: Readonly<Record<Layout['kind'], LayoutScripts>> = {
  packed: scriptsOf('packed', packedLua),
  lexicographic: scriptsOf('lexicographic', lexicographicLua),
};

function submitAnswer(reply: Reply): SubmitAnswer {
  const [kind, first, second] = listOf('leaderboard/submit', reply);
  if (kind === 'clock') return { kind, nowMs: Number(textOf(first)) };
  if (kind === 'bounds') return { kind, board: numberOf(first), column: numberOf(second) };
  if (kind === 'ok' || kind === 'again') {
    return { kind: 'ok', text: textOf(first), repeated: kind === 'again' };
  }
  return refuse('leaderboard/submit', 'ok, again, clock or bounds', reply);
}

function removeAnswer(reply: Reply): RemoveAnswer {
  const [kind, first] = listOf('leaderboard/remove', reply);
  if (kind === 'clock') return { kind, nowMs: Number(textOf(first)) };
  return { kind: 'ok', taken: numberOf(first) };
}

function readAnswer(reply: Reply): ReadAnswer {
  const [kind, first, parts] = listOf('leaderboard/read', reply);
  if (textOf(kind) === 'clock') return { kind: 'clock', nowMs: Number(textOf(first)) };
  if (textOf(kind) === 'behind') return { kind: 'behind' };
  return { kind: 'ok', total: numberOf(first), parts: listOf('leaderboard/read', parts) };
}

function finalAnswer(reply: Reply): FinalAnswer {
  const [first, second, third] = listOf('leaderboard/finalize', reply);
  const kind = textOf(first);
  if (kind === 'clock') return { kind, nowMs: Number(textOf(second)) };
  if (kind === 'open' || kind === 'gone') return { kind };
  if (kind !== 'first' && kind !== 'again') {
    return refuse('leaderboard/finalize', 'first, again, open, gone or clock', reply);
  }
  const pending = listOf('leaderboard/finalize', third).map(textOf);
  return { kind, result: listOf('leaderboard/finalize', second), pending };
}

/** Takes members off those whose rewards are to be handed over. */
export function handedOver(key: string, member: string): Command<number> {
  return { args: ['SREM', key, member], key, repeatable: true, read: integerReply('SREM') };
}
