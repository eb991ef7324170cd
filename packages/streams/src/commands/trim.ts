import { type Command, defineScript, fragments, type Reply, refuse } from '@penknife/core';
import { textOf } from '../entry/raw-entry.js';
import { copyFields, isBefore, rows } from '../scripts/fragments.js';
import trimLua from '../scripts/trim.lua';
import type { ResolvedTrim } from '../trimming/trim-options.js';

/** What a group lost with the entries that were trimmed. */
export interface MissedByGroup {
  readonly group: string;
  /** Entries it had never been given. */
  readonly undelivered: number;
  /** Entries one of its consumers had and had not acknowledged, or that waited for their next try. */
  readonly pending: number;
}

/** What one command trimmed. */
export interface Trimmed {
  readonly removed: number;
  readonly more: boolean;
  readonly aside: number;
  readonly heldBackBy: readonly string[];
  readonly missed: readonly MissedByGroup[];
}

const name = 'streams/trim';

const trim = defineScript({
  name,
  lua: trimLua,
  fragments: [fragments.nowMs, isBefore, rows, copyFields],
  keys: 2,
  args: 6,
  bytes: true,
  read(reply: Reply): Trimmed {
    const [removed, more, aside, heldBack, missed] = Array.isArray(reply) ? reply : [];
    if (typeof removed !== 'number' || typeof aside !== 'number') return refuse(name, 'counts', reply);
    if (!Array.isArray(heldBack) || !Array.isArray(missed)) return refuse(name, 'lists', reply);
    return {
      removed,
      more: more === 1,
      aside,
      heldBackBy: heldBack.map((group: Reply) => textOf(group, name)),
      missed: missed.map(readMissed),
    };
  },
});

/** Removes entries from the beginning of a log, at most `limit`. */
export function trimOnce(
  keys: { readonly log: string; readonly aside: string },
  { consumed, maxAgeMs, maxLength, keepAtLeast, unread }: ResolvedTrim,
  limit: number,
): Command<Trimmed> {
  const bounds = [consumed ? 1 : 0, maxAgeMs ?? '', maxLength ?? ''] as const;
  return trim([keys.log, keys.aside], [...bounds, keepAtLeast, unread, limit]);
}

function readMissed(reply: Reply): MissedByGroup {
  const [group, undelivered, pending] = Array.isArray(reply) ? reply : [];
  if (typeof undelivered !== 'number' || typeof pending !== 'number') return refuse(name, 'a group', reply);
  return { group: textOf(group, name), undelivered, pending };
}
