import { defineScript, fragments, type Reply, refuse, type ScriptCall } from '@penknife/core';
import type { ResolvedBoard } from '../board-options.js';
import type { Layout } from '../order/layout.js';
import { layoutLua } from '../order/layout-lua.js';
import { listOf, numberOf, textOf } from '../replies.js';
import type { ClockRefusal } from '../rounds.js';
import contributeLua from '../scripts/contribute.lua';
import decideLua from '../scripts/decide.lua';
import dropLua from '../scripts/drop.lua';
import historyLua from '../scripts/history.lua';
import passedLua from '../scripts/passed.lua';
import ranksLua from '../scripts/ranks.lua';
import roundLua from '../scripts/round.lua';
import submissionLua from '../scripts/submission.lua';
import submitLua from '../scripts/submit.lua';
import windowLua from '../scripts/window.lua';
import writeLua from '../scripts/write.lua';

/** What a submit is answered with. */
export type SubmitAnswer =
  | { readonly kind: 'ok'; readonly text: string; readonly repeated: boolean }
  | { readonly kind: 'bounds'; readonly board: number; readonly column: number }
  | ClockRefusal;

/** A submit to many boards of one slot. Harmless when run twice only with an idempotency key. */
export type SubmitScript = ScriptCall<SubmitAnswer, number, number>;

/** What a submit may meet; what it cannot meet is left out of its script, which a server has to run through each time. */
export interface SubmitFeatures {
  /** Rolling windows. */
  readonly windows: boolean;
  /** Members that leave, or results that nobody has any more. */
  readonly drops: boolean;
  readonly history: boolean;
  /** Places are asked for, and who was passed. */
  readonly passed: boolean;
}

/** What submits to these boards may meet. */
export function featuresOf(boards: readonly ResolvedBoard[]): Omit<SubmitFeatures, 'passed'> {
  const windows = boards.some(({ window }) => window !== undefined);
  return {
    windows,
    drops: windows || boards.some(({ dense, size }) => dense || size > 0),
    history: boards.some(({ history }) => history !== undefined),
  };
}

/** Made once each: two layouts, and of four features each way. */
const made = new Map<string, SubmitScript>();

/** The submit of a layout, with what it may meet. */
export function submitScript(kind: Layout['kind'], features: SubmitFeatures): SubmitScript {
  const { windows, drops, history, passed } = features;
  const name = `${kind} ${windows} ${drops} ${history} ${passed}`;
  const known = made.get(name);
  if (known !== undefined) return known;
  const { places, writes, digits } = layoutLua[kind];
  const script: SubmitScript = defineScript({
    name: kind === 'packed' ? 'leaderboard/submit' : `leaderboard/submit-${kind}`,
    keys: 'any',
    args: 'any',
    lua: submitLua,
    fragments: [
      fragments.nowMs,
      roundLua,
      places,
      writes,
      digits,
      ranksLua,
      ...(drops ? [dropLua] : []),
      ...(windows ? [windowLua] : []),
      ...(history ? [historyLua] : []),
      submissionLua,
      decideLua,
      ...(windows ? [contributeLua] : []),
      writeLua,
      ...(passed ? [passedLua] : []),
    ],
    read: submitAnswer,
  });
  made.set(name, script);
  return script;
}

function submitAnswer(reply: Reply): SubmitAnswer {
  const [kind, first, second] = listOf('leaderboard/submit', reply);
  if (kind === 'clock') return { kind, nowMs: Number(textOf(first)) };
  if (kind === 'bounds') return { kind, board: numberOf(first), column: numberOf(second) };
  if (kind === 'ok' || kind === 'again') {
    return { kind: 'ok', text: textOf(first), repeated: kind === 'again' };
  }
  return refuse('leaderboard/submit', 'ok, again, clock or bounds', reply);
}
