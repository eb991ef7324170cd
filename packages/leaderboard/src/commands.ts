import {
  type Arg,
  defineScript,
  fragments,
  isServerError,
  type Reply,
  refuse,
  type ScriptCall,
} from '@penknife/core';
import type { ClockRefusal } from './rounds.js';
import dropLua from './scripts/drop.lua';
import readLua from './scripts/read.lua';
import removeLua from './scripts/remove.lua';
import scoreLua from './scripts/score.lua';
import submitLua from './scripts/submit.lua';

/** What a submit is answered with. */
export type SubmitAnswer =
  | { readonly kind: 'ok'; readonly text: string; readonly repeated: boolean }
  | { readonly kind: 'bounds'; readonly board: number; readonly column: number }
  | ClockRefusal;

/** What a read is answered with: members on the board, and one reply for each part that was asked for. */
export type ReadAnswer =
  | { readonly kind: 'ok'; readonly total: number; readonly parts: readonly Reply[] }
  | ClockRefusal;

/** What a removal is answered with: from how many boards the member was taken. */
export type RemoveAnswer = { readonly kind: 'ok'; readonly taken: number } | ClockRefusal;

/** A submit to many boards of one slot. Harmless when run twice only with an idempotency key. */
export const submitScript: ScriptCall<SubmitAnswer, number, number> = defineScript({
  name: 'leaderboard/submit',
  lua: submitLua,
  fragments: [fragments.nowMs, scoreLua, dropLua],
  keys: 'any',
  args: 'any',
  read(reply): SubmitAnswer {
    const [kind, first, second] = listOf('leaderboard/submit', reply);
    if (kind === 'clock') return { kind, nowMs: Number(textOf(first)) };
    if (kind === 'bounds') return { kind, board: numberOf(first), column: numberOf(second) };
    if (kind === 'ok' || kind === 'again') {
      return { kind: 'ok', text: textOf(first), repeated: kind === 'again' };
    }
    return refuse('leaderboard/submit', 'ok, again, clock or bounds', reply);
  },
});

/** A look at one round. */
export const readScript: ScriptCall<ReadAnswer, number, number> = defineScript({
  name: 'leaderboard/read',
  lua: readLua,
  fragments: [fragments.nowMs, scoreLua],
  keys: 'any',
  args: 'any',
  repeatable: true,
  read: readAnswer,
});

/** The same where metadata is among what is read, which is bytes. */
export const readBytesScript: ScriptCall<ReadAnswer, number, number> = defineScript({
  name: 'leaderboard/read',
  lua: readLua,
  fragments: [fragments.nowMs, scoreLua],
  keys: 'any',
  args: 'any',
  repeatable: true,
  bytes: true,
  read: readAnswer,
});

/** Takes a member off rounds of one slot. */
export const removeScript: ScriptCall<RemoveAnswer, number, number> = defineScript({
  name: 'leaderboard/remove',
  lua: removeLua,
  fragments: [fragments.nowMs, scoreLua, dropLua],
  keys: 'any',
  args: 'any',
  repeatable: true,
  read(reply): RemoveAnswer {
    const [kind, first] = listOf('leaderboard/remove', reply);
    if (kind === 'clock') return { kind, nowMs: Number(textOf(first)) };
    return { kind: 'ok', taken: numberOf(first) };
  },
});

function readAnswer(reply: Reply): ReadAnswer {
  const [kind, first, parts] = listOf('leaderboard/read', reply);
  if (textOf(kind) === 'clock') return { kind: 'clock', nowMs: Number(textOf(first)) };
  return { kind: 'ok', total: numberOf(first), parts: listOf('leaderboard/read', parts) };
}

/** Arguments of a script. */
export type Args = Arg[];

/** An array. */
export function listOf(what: string, reply: Reply | undefined): readonly Reply[] {
  if (Array.isArray(reply)) return reply;
  return refuse(what, 'an array', reply);
}

/** An integer. */
export function numberOf(reply: Reply | undefined): number {
  return typeof reply === 'number' ? reply : refuse('leaderboard', 'an integer', reply);
}

/** Text, also where it came as bytes. */
export function textOf(reply: Reply | undefined): string {
  if (typeof reply === 'string') return reply;
  if (reply instanceof Uint8Array)
    return Buffer.from(reply.buffer, reply.byteOffset, reply.byteLength).toString();
  if (isServerError(reply)) throw reply;
  return refuse('leaderboard', 'text', reply);
}
