import {
  type Arg,
  type Command,
  defineScript,
  fragments,
  integerReply,
  type Reply,
  refuse,
} from '@penknife/core';
import type { ResolvedRetention } from '../definition.js';
import type { KeysOfStream } from '../keys.js';
import cancelLua from '../scripts/cancel.lua';
import { addEntry, dueIn, trimByAge, wake } from '../scripts/fragments.js';
import planLua from '../scripts/plan.lua';
import promoteLua from '../scripts/promote.lua';
import scheduleLua from '../scripts/schedule.lua';

/** When a scheduled message is due. */
export interface DueTime {
  readonly delayMs?: number;
  readonly atMs?: number;
  readonly recurrence?: string;
  readonly timeZone?: string;
}

const scheduleScript = defineScript({
  name: 'streams/schedule',
  lua: scheduleLua,
  fragments: [fragments.nowMs, wake],
  keys: 3,
  args: 'any',
  // Not repeatable: the first run may have been appended meanwhile, and nothing remembers that.
  read(reply: Reply): { readonly scheduled: boolean; readonly atMs: number } {
    const [scheduled, at] = Array.isArray(reply) ? reply : [];
    if (typeof scheduled !== 'number' || typeof at !== 'string') {
      return refuse('streams/schedule', 'a flag and a time', reply);
    }
    return { scheduled: scheduled === 1, atMs: Number(at) };
  },
});

/** Schedules a message. */
export function scheduleMessage(
  { due, scheduled, wake: wakes }: KeysOfStream,
  id: string,
  { delayMs, atMs = 0, recurrence = '', timeZone = '' }: DueTime,
  fields: readonly Arg[],
): Command<{ readonly scheduled: boolean; readonly atMs: number }> {
  const replaces = recurrence === '' ? 0 : 1;
  return scheduleScript(
    [due, scheduled, wakes],
    [id, delayMs ?? '', atMs, replaces, recurrence, timeZone, ...fields],
  );
}

/** What came of a look at what is scheduled. */
export interface Promoted {
  readonly appended: number;
  readonly nextDueMs: number | null;
  /** When that was, by the clock of the server. */
  readonly serverMs: number;
  readonly unplanned: readonly {
    readonly id: string;
    readonly recurrence: string;
    readonly timeZone: string;
  }[];
}

const promoteScript = defineScript({
  name: 'streams/promote',
  lua: promoteLua,
  fragments: [fragments.nowMs, addEntry, trimByAge, dueIn],
  keys: 3,
  args: 4,
  read(reply: Reply): Promoted {
    const [appended, nextDue, unplanned, serverMs] = Array.isArray(reply) ? reply : [];
    const counts = typeof appended === 'number' && typeof nextDue === 'number';
    if (!counts || typeof serverMs !== 'number' || !Array.isArray(unplanned)) {
      return refuse('streams/promote', 'two counts, a list and a time', reply);
    }
    return {
      appended,
      serverMs,
      nextDueMs: nextDue < 0 ? null : nextDue,
      unplanned: unplanned.map((entry: Reply) => {
        const [id, recurrence, timeZone] = Array.isArray(entry) ? entry.map(String) : [];
        return { id: id ?? '', recurrence: recurrence ?? '', timeZone: timeZone ?? '' };
      }),
    };
  },
});

/** Appends what is due; with `id` that one, now. */
export function promoteDue(
  { due, scheduled, log }: KeysOfStream,
  limit: number,
  { maxLength = '', maxAgeMs = '' }: { readonly [Bound in keyof ResolvedRetention]: Arg | undefined },
  id = '',
): Command<Promoted> {
  return promoteScript([due, scheduled, log], [limit, id, maxLength, maxAgeMs]);
}

const planScript = defineScript({
  name: 'streams/plan',
  lua: planLua,
  keys: 2,
  args: 3,
  repeatable: true,
  read: integerReply('streams/plan'),
});

/** Says when one that recurs is due next; with null it is over, and forgotten. */
export function planNext(
  { due, scheduled }: KeysOfStream,
  id: string,
  recurrence: string,
  atMs: number | null,
): Command<number> {
  return planScript([due, scheduled], [id, recurrence, atMs ?? '']);
}

const cancelScript = defineScript({
  name: 'streams/cancel',
  lua: cancelLua,
  keys: 2,
  args: 1,
  read: (reply: Reply): boolean => reply === 1,
});

/** Cancels; true when there was one. */
export function cancelScheduled({ due, scheduled }: KeysOfStream, id: string): Command<boolean> {
  return cancelScript([due, scheduled], [id]);
}
