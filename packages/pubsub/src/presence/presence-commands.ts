import {
  type Command,
  defineScript,
  fragments,
  integerReply,
  type Reply,
  refuse,
  type ScriptCall,
} from '@penknife/core';
import { append } from '../scripts/append.js';
import presenceBeatLua from '../scripts/presence-beat.lua';
import presenceBuryLua from '../scripts/presence-bury.lua';
import presenceEnterLua from '../scripts/presence-enter.lua';
import presenceJoinLua from '../scripts/presence-join.lua';
import presenceLeaveLua from '../scripts/presence-leave.lua';

/** What became of a join. `over`: the node's lease is over, and it has to begin anew. */
export type JoinOutcome = 'joined' | 'full' | 'over';

/** What a heartbeat brings. */
export interface Beat {
  /** False: the node's lease is over. */
  readonly holds: boolean;
  /** When to look again, in ms; undefined: nobody has a lease. */
  readonly nextMs: number | undefined;
  /** Nodes whose connections are the caller's to remove. */
  readonly dead: readonly string[];
}

const outcomes: readonly unknown[] = ['joined', 'full', 'over'];

/** Adds a connection. */
export const joinScript: ScriptCall<JoinOutcome, 6, 9> = defineScript({
  name: 'pubsub/presence-join',
  lua: presenceJoinLua,
  fragments: [fragments.nowMs, append],
  keys: 6,
  args: 9,
  // The connection is its own mark: a second run finds it there.
  repeatable: true,
  read: (reply) =>
    outcomes.includes(reply)
      ? (reply as JoinOutcome)
      : refuse('pubsub/presence-join', 'joined, full or over', reply),
});

/** Removes connections; its reply is how many the node still holds in the room. */
export const leaveScript: ScriptCall<number, 6, 9> = defineScript({
  name: 'pubsub/presence-leave',
  lua: presenceLeaveLua,
  fragments: [append],
  keys: 6,
  args: 9,
  repeatable: true,
  read: integerReply('pubsub/presence-leave'),
});

/** Renews a lease and takes dying nodes. */
export const beatScript: ScriptCall<Beat, 2, 5> = defineScript({
  name: 'pubsub/presence-beat',
  lua: presenceBeatLua,
  fragments: [fragments.nowMs],
  keys: 2,
  args: 5,
  repeatable: true,
  read(reply) {
    const [holds, nextMs, dead] = Array.isArray(reply) ? (reply as [Reply, Reply, Reply]) : [];
    if (typeof nextMs !== 'number' || !Array.isArray(dead)) {
      return refuse('pubsub/presence-beat', 'a lease, a time and nodes', reply);
    }
    return { holds: holds === 1, nextMs: nextMs < 0 ? undefined : nextMs, dead: dead as string[] };
  },
});

/** Notes a room of a node; false when the node's lease is over. */
export const enterScript: ScriptCall<boolean, 1, 1> = defineScript({
  name: 'pubsub/presence-enter',
  lua: presenceEnterLua,
  keys: 1,
  args: 1,
  repeatable: true,
  read: (reply) => reply === 1,
});

/** Ends a node's list of rooms; false when there still are some. */
export const buryScript: ScriptCall<boolean, 1, 1> = defineScript({
  name: 'pubsub/presence-bury',
  lua: presenceBuryLua,
  keys: 1,
  args: 1,
  repeatable: true,
  read: (reply) => reply === 1,
});

/** Some of a node's rooms. */
export function someRooms(key: string, count: number): Command<readonly string[]> {
  return {
    args: ['SRANDMEMBER', key, count],
    key,
    repeatable: true,
    read: (reply) =>
      Array.isArray(reply) ? (reply as string[]) : refuse('SRANDMEMBER', 'a list of rooms', reply),
  };
}

const removed = integerReply('SREM');

/** Takes a member out of a set (`SREM`) or a sorted set (`ZREM`). */
export function removeMember(command: 'SREM' | 'ZREM', key: string, member: string): Command<number> {
  return { args: [command, key, member], key, repeatable: true, read: removed };
}
