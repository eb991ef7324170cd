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
import { layoutLua } from './order/layout-lua.js';
import { listOf, numberOf, textOf } from './replies.js';
import type { ClockRefusal } from './rounds.js';
import dropLua from './scripts/drop.lua';
import finalizeLua from './scripts/finalize.lua';
import hideLua from './scripts/hide.lua';
import mergeLua from './scripts/merge.lua';
import movementLua from './scripts/movement.lua';
import removeLua from './scripts/remove.lua';
import roundLua from './scripts/round.lua';
import showLua from './scripts/show.lua';
import snapshotLua from './scripts/snapshot.lua';

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

/** What a snapshot is answered with. */
export type SnapshotAnswer =
  | { readonly kind: 'first' | 'again'; readonly fields: readonly Reply[] }
  | ClockRefusal;

/** What the question for movements is answered with. */
export type MovementAnswer =
  | { readonly kind: 'ok'; readonly indexes: readonly Reply[]; readonly past: readonly Reply[] }
  | ClockRefusal;

/** The scripts of one kind of layout. */
export interface LayoutScripts {
  /** Takes a member off rounds of one slot. */
  readonly remove: ScriptCall<RemoveAnswer, number, number>;
  /** Takes a banned member out of rounds; gives from how many. */
  readonly hide: ScriptCall<number, number, number>;
  /** Brings it back. */
  readonly show: ScriptCall<number, number, number>;
  /** Gives a member's place to another name; 1 when done, 0 when something had moved, -1 and -2 when the old or the new name is banned. */
  readonly merge: ScriptCall<number, number, number>;
  /** Takes a snapshot, or reads it. */
  readonly snapshot: ScriptCall<SnapshotAnswer, number, number>;
  /** Where members stand, and where they stood in a snapshot. */
  readonly movement: ScriptCall<MovementAnswer, number, number>;
  /** Freezes a period. */
  readonly finalize: ScriptCall<FinalAnswer, number, number>;
}

function scriptsOf(kind: Layout['kind']): LayoutScripts {
  const suffix = kind === 'packed' ? '' : `-${kind}`;
  const base = { keys: 'any', args: 'any' } as const;
  const { places, writes, digits } = layoutLua[kind];
  const before = [fragments.nowMs, roundLua, places];
  const act = (name: string, lua: string): ScriptCall<number, number, number> =>
    defineScript({
      ...base,
      name: `leaderboard/${name}${suffix}`,
      lua,
      fragments: [...before, writes, digits, dropLua],
      read: integerReply(`leaderboard/${name}`),
    });
  return {
    remove: defineScript({
      ...base,
      name: `leaderboard/remove${suffix}`,
      lua: removeLua,
      fragments: [...before, writes, dropLua],
      repeatable: true,
      read: removeAnswer,
    }),
    hide: act('hide', hideLua),
    show: act('show', showLua),
    merge: act('merge', mergeLua),
    snapshot: defineScript({
      ...base,
      name: `leaderboard/snapshot${suffix}`,
      lua: snapshotLua,
      fragments: before,
      repeatable: true,
      read: snapshotAnswer,
    }),
    movement: defineScript({
      ...base,
      name: `leaderboard/movement${suffix}`,
      lua: movementLua,
      fragments: before,
      repeatable: true,
      read: movementAnswer,
    }),
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
  packed: scriptsOf('packed'),
  lexicographic: scriptsOf('lexicographic'),
};

function removeAnswer(reply: Reply): RemoveAnswer {
  const [kind, first] = listOf('leaderboard/remove', reply);
  if (kind === 'clock') return { kind, nowMs: Number(textOf(first)) };
  return { kind: 'ok', taken: numberOf(first) };
}

function snapshotAnswer(reply: Reply): SnapshotAnswer {
  const [kind, found] = listOf('leaderboard/snapshot', reply);
  if (kind === 'clock') return { kind, nowMs: Number(textOf(found)) };
  return { kind: kind === 'first' ? 'first' : 'again', fields: listOf('leaderboard/snapshot', found) };
}

function movementAnswer(reply: Reply): MovementAnswer {
  const [kind, indexes, past] = listOf('leaderboard/movement', reply);
  if (kind === 'clock') return { kind, nowMs: Number(textOf(indexes)) };
  const what = 'leaderboard/movement';
  return { kind: 'ok', indexes: listOf(what, indexes), past: listOf(what, past) };
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
