import { defineScript, fragments, type Reply, type ScriptCall } from '@penknife/core';
import type { ResolvedBoard } from './board-options.js';
import type { Layout } from './order/layout.js';
import { layoutLua } from './order/layout-lua.js';
import { listOf, numberOf, textOf } from './replies.js';
import type { ClockRefusal } from './rounds.js';
import dropLua from './scripts/drop.lua';
import lookLua from './scripts/look.lua';
import pagesLua from './scripts/pages.lua';
import ranksLua from './scripts/ranks.lua';
import readLua from './scripts/read.lua';
import roundLua from './scripts/round.lua';
import standingsLua from './scripts/standings.lua';
import windowLua from './scripts/window.lua';

/** What a read is answered with: members on the board, and one reply for each part that was asked for. */
export type ReadAnswer =
  | { readonly kind: 'ok'; readonly total: number; readonly parts: readonly Reply[] }
  | { readonly kind: 'behind' }
  | ClockRefusal;

/** A look at one round. */
export type ReadScript = ScriptCall<ReadAnswer, number, number>;

/** The same look, for replies as text where the layout allows, and as bytes. */
export interface ReadScripts {
  readonly plain: ReadScript;
  /** Where metadata, which is bytes, is among what is read. */
  readonly bytes: ReadScript;
}

interface ReadNeeds {
  /** Windows of the board are read, not only members. */
  readonly pages: boolean;
  /** What has lapsed is taken off before. */
  readonly rolling: boolean;
}

function scriptsOf(kind: Layout['kind'], { pages, rolling }: ReadNeeds): ReadScripts {
  const { places, writes, ranges, digits } = layoutLua[kind];
  const read = {
    name: kind === 'packed' ? 'leaderboard/read' : `leaderboard/read-${kind}`,
    keys: 'any',
    args: 'any',
    lua: readLua,
    fragments: [
      fragments.nowMs,
      roundLua,
      places,
      ranksLua,
      ...(rolling ? [writes, digits, dropLua, windowLua] : []),
      lookLua,
      standingsLua,
      ...(pages ? [ranges, pagesLua] : []),
    ],
    repeatable: true,
    read: readAnswer,
  } as const;
  const bytes = defineScript({ ...read, bytes: true });
  return { bytes, plain: kind === 'packed' ? defineScript(read) : bytes };
}

function setOf(pages: boolean) {
  return {
    packed: scriptsOf('packed', { pages, rolling: false }),
    lexicographic: scriptsOf('lexicographic', { pages, rolling: false }),
    rolling: scriptsOf('packed', { pages, rolling: true }),
  };
}

const pages = setOf(true);
const standings = setOf(false);

/** The looks at a board, with what they need: `members` alone are asked for, or windows, too. */
export function readScripts(
  kind: Layout['kind'],
  { window }: Pick<ResolvedBoard, 'window'>,
  asked: 'members' | 'pages',
): ReadScripts {
  const scripts = asked === 'members' ? standings : pages;
  return scripts[window === undefined ? kind : 'rolling'];
}

function readAnswer(reply: Reply): ReadAnswer {
  const [kind, first, parts] = listOf('leaderboard/read', reply);
  const answer = textOf(kind);
  if (answer === 'clock') return { kind: 'clock', nowMs: Number(textOf(first)) };
  if (answer === 'behind') return { kind: 'behind' };
  return { kind: 'ok', total: numberOf(first), parts: listOf('leaderboard/read', parts) };
}
