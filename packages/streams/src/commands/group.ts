import { type Command, defineScript, fragments, isServerError, type Reply, refuse } from '@penknife/core';
import { textOf } from '../entry/raw-entry.js';
import type { KeysOfGroup } from '../keys.js';
import { isBefore, rows, waitingConsumer, wake } from '../scripts/fragments.js';
import groupStatsLua from '../scripts/group-stats.lua';
import seekLua from '../scripts/seek.lua';

/** XGROUP CREATE MKSTREAM. An existing group is left as it is, and the server says BUSYGROUP: see `groupExists`. */
export function createGroup(log: string, group: string, afterId: string): Command<void> {
  return {
    args: ['XGROUP', 'CREATE', log, group, afterId, 'MKSTREAM'],
    key: log,
    repeatable: true,
    read: () => undefined,
  };
}

const seek = defineScript({
  name: 'streams/seek',
  lua: seekLua,
  fragments: [wake],
  keys: 2,
  args: 2,
  repeatable: true,
  read: () => undefined,
});

/** Moves a group. The server says NOGROUP when there is none. */
export function seekGroup(
  { log, wake: wakes }: KeysOfGroup,
  group: string,
  afterId: string,
): Command<undefined> {
  return seek([log, wakes], [group, afterId]);
}

/** True for the answer that says the group is there already. */
export function groupExists(error: unknown): boolean {
  return isServerError(error, 'BUSYGROUP');
}

/** True for the answers that say the stream or its group is gone. */
export function groupIsGone(error: unknown): boolean {
  return isServerError(error, 'NOGROUP') || isServerError(error, 'UNBLOCKED');
}

/** One pending entry: its id and the number of its delivery. */
export interface PendingPlace {
  readonly id: string;
  readonly deliveries: number;
}

/** XPENDING of one consumer, after an id. */
export function pendingOf(
  log: string,
  group: string,
  consumer: string,
  afterId: string | undefined,
  count: number,
): Command<readonly PendingPlace[]> {
  return {
    args: ['XPENDING', log, group, afterId === undefined ? '-' : `(${afterId}`, '+', count, consumer],
    key: log,
    repeatable: true,
    read(reply) {
      if (!Array.isArray(reply)) return refuse('XPENDING', 'an array', reply);
      return reply.map((entry: Reply) => {
        if (!Array.isArray(entry) || typeof entry[3] !== 'number')
          return refuse('XPENDING', 'entries', entry);
        return { id: textOf(entry[0], 'XPENDING'), deliveries: entry[3] };
      });
    },
  };
}

/** What the script tells of a group, before it is turned into stats. */
export interface GroupFigures {
  readonly serverMs: number;
  readonly length: number;
  readonly pending: number;
  readonly retries: number;
  readonly deadLetters: number;
  readonly consumers: number;
  /** Null when it is not known for sure: then at least `countLimit` entries are on either side of the cursor. */
  readonly lag: number | null;
  /** What the server makes of it; null when it does not know. */
  readonly claimedLag: number | null;
  readonly oldestId: string;
  readonly deliveredId: string;
  readonly firstId: string;
  readonly lastId: string;
}

const stats = defineScript({
  name: 'streams/group-stats',
  lua: groupStatsLua,
  fragments: [fragments.nowMs, rows, isBefore],
  keys: 3,
  args: 3,
  repeatable: true,
  read(reply: Reply): GroupFigures {
    if (!Array.isArray(reply) || reply.length !== 12)
      return refuse('streams/group-stats', 'an array of 12', reply);
    const number = (at: number): number => {
      const value: Reply | undefined = reply[at];
      return typeof value === 'number' ? value : refuse('streams/group-stats', 'an integer', value);
    };
    const text = (at: number): string => textOf(reply[at], 'streams/group-stats');
    return {
      serverMs: number(0),
      length: number(1),
      pending: number(2),
      retries: number(3),
      deadLetters: number(4),
      consumers: number(5),
      lag: number(6) === -1 ? null : number(6),
      claimedLag: number(7) === -1 ? null : number(7),
      oldestId: text(8),
      deliveredId: text(9),
      firstId: text(10),
      lastId: text(11),
    };
  },
});

/** The figures of a group, all of one moment. The server says NOGROUP when there is none. */
export function groupFigures(keys: KeysOfGroup, group: string, countLimit: number): Command<GroupFigures> {
  return stats([keys.log, keys.retry, keys.dead], [group, countLimit, waitingConsumer]);
}
