import { type Command, defineScript, fragments, integerReply, type Reply, refuse } from '@penknife/core';
import { textOf } from '../entry/raw-entry.js';
import type { KeysOfGroup } from '../keys.js';
import endPartitionLua from '../scripts/end-partition.lua';
import { wake } from '../scripts/fragments.js';
import holdPartitionLua from '../scripts/hold-partition.lua';
import joinGroupLua from '../scripts/join-group.lua';
import keepPartitionLua from '../scripts/keep-partition.lua';
import shapeLua from '../scripts/shape.lua';
import tellGroupLua from '../scripts/tell-group.lua';

/** The members of a group, as one of them sees them. */
export interface Membership {
  /** Names of all who live, in the order of the alphabet. */
  readonly members: readonly string[];
  /** Until another can be dead at the earliest; null when there is no other. */
  readonly nextEndMs: number | null;
}

const join = defineScript({
  name: 'streams/join-group',
  lua: joinGroupLua,
  fragments: [fragments.nowMs, wake],
  keys: 2,
  args: 3,
  repeatable: true,
  read(reply: Reply): Membership {
    const [nextEndMs, members] = Array.isArray(reply) ? reply : [];
    if (typeof nextEndMs !== 'number' || !Array.isArray(members)) {
      return refuse('streams/join-group', 'a time and names', reply);
    }
    return {
      members: members.map((name: Reply) => textOf(name, 'streams/join-group')).sort(),
      nextEndMs: nextEndMs < 0 ? null : nextEndMs,
    };
  },
});

/** Says that a member lives, for `leaseMs` from now, and gives all who do. */
export function joinGroup(
  { members, wake: wakes }: KeysOfGroup,
  group: string,
  member: string,
  leaseMs: number,
): Command<Membership> {
  return join([members, wakes], [member, leaseMs, group]);
}

const tell = defineScript({
  name: 'streams/tell-group',
  lua: tellGroupLua,
  fragments: [wake],
  keys: 2,
  args: 2,
  repeatable: true,
  read: () => undefined,
});

/** Has the members look anew; `leaving` is one no more. */
export function tellGroup(
  { members, wake: wakes }: KeysOfGroup,
  group: string,
  leaving: string | undefined,
): Command<undefined> {
  return tell([members, wakes], [leaving ?? '', group]);
}

const hold = defineScript({
  name: 'streams/hold-partition',
  lua: holdPartitionLua,
  fragments: [fragments.nowMs, fragments.nowMicros, fragments.micros],
  keys: 1,
  args: 2,
  // A second run gives the same member a later generation.
  repeatable: true,
  read(reply: Reply): { readonly generation: number | undefined; readonly endsInMs: number } {
    const [generation, endsInMs] = Array.isArray(reply) ? reply : [];
    if (typeof generation !== 'number' || typeof endsInMs !== 'number') {
      return refuse('streams/hold-partition', 'two integers', reply);
    }
    return { generation: generation === 0 ? undefined : generation, endsInMs };
  },
});

/** Takes a partition: the generation of the tenure, or for how long another has it still. */
export function holdPartition(
  tenure: string,
  member: string,
  leaseMs: number,
): Command<{ readonly generation: number | undefined; readonly endsInMs: number }> {
  return hold([tenure], [member, leaseMs]);
}

const isOne = (reply: Reply): boolean => reply === 1;

const keep = defineScript({
  name: 'streams/keep-partition',
  lua: keepPartitionLua,
  fragments: [fragments.nowMs],
  keys: 1,
  args: 3,
  repeatable: true,
  read: isOne,
});

/** Prolongs a tenure; false when it is over. */
export function keepPartition(
  tenure: string,
  member: string,
  generation: number,
  leaseMs: number,
): Command<boolean> {
  return keep([tenure], [member, generation, leaseMs]);
}

const end = defineScript({
  name: 'streams/end-partition',
  lua: endPartitionLua,
  keys: 1,
  args: 2,
  repeatable: true,
  read: isOne,
});

/** Ends a tenure; false when it was over before. */
export function endPartition(tenure: string, member: string, generation: number): Command<boolean> {
  return end([tenure], [member, generation]);
}

const shape = defineScript({
  name: 'streams/shape',
  lua: shapeLua,
  keys: 1,
  args: 1,
  repeatable: true,
  read: integerReply('streams/shape'),
});

/** How many partitions a stream has; the first to ask decides. */
export function shapeOf(key: string, partitions: number): Command<number> {
  return shape([key], [partitions]);
}
