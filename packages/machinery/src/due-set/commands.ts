import { defineScript, fragments, integerReply, type Reply, refuse, type ScriptCall } from '@penknife/core';
import { dueSetFragments, leaseFragments } from '../fragments.js';
import endSweepLua from '../scripts/end-sweep.lua';
import settleDueLua from '../scripts/settle-due.lua';
import sweepDueLua from '../scripts/sweep-due.lua';

/** What one look at a due set found. */
export interface Look {
  /** For how long somebody else has the lease; 0: it is ours. */
  readonly elsewhereMs: number;
  /** Until the next member is due; -1: none is listed. */
  readonly nextDueMs: number;
  /** What settles the members. */
  readonly hiddenUntil: string;
  readonly members: readonly string[];
}

/** Run twice, it gives what the first run took only after that was hidden: late, never lost. */
export const sweepDue: ScriptCall<Look, 2, 4> = defineScript({
  name: 'machinery/sweep-due',
  lua: sweepDueLua,
  fragments: [fragments.nowMs, ...leaseFragments, ...dueSetFragments],
  keys: 2,
  args: 4,
  read: readLook,
});

export const settleDue: ScriptCall<number, 1, number> = defineScript({
  name: 'machinery/settle-due',
  lua: settleDueLua,
  keys: 1,
  args: 'any',
  repeatable: true,
  read: integerReply('machinery/settle-due'),
});

export const endSweep: ScriptCall<number, 1, 1> = defineScript({
  name: 'machinery/end-sweep',
  lua: endSweepLua,
  fragments: leaseFragments,
  keys: 1,
  args: 1,
  repeatable: true,
  read: integerReply('machinery/end-sweep'),
});

function readLook(reply: Reply): Look {
  if (!Array.isArray(reply)) return refuse('machinery/sweep-due', 'an array', reply);
  const [elsewhereMs, nextDueMs, hiddenUntil, ...members] = reply as readonly Reply[];
  if (
    typeof elsewhereMs !== 'number' ||
    typeof nextDueMs !== 'number' ||
    typeof hiddenUntil !== 'string' ||
    !members.every((member) => typeof member === 'string')
  ) {
    return refuse('machinery/sweep-due', 'two integers, a time and members', reply);
  }
  return { elsewhereMs, nextDueMs, hiddenUntil, members };
}
