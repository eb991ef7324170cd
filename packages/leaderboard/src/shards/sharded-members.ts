import { InvalidArgumentError } from '@penknife/core';
import { checkMember } from '../member.js';
import { createMembers, type Members } from '../members.js';
import type { ShardMap } from './shard-map.js';

/** What concerns a member, asked of its shard. */
export function createShardedMembers<M>(shards: ShardMap<M>): Members {
  const members = shards.homes.map((home) => createMembers(home));
  const of = (member: string): Members => members[shards.indexOf(checkMember(member))] as Members;
  return {
    forget: async (member, call) => of(member).forget(member, call),
    ban: async (member, call) => of(member).ban(member, call),
    unban: async (member, call) => of(member).unban(member, call),
    rename: async (from, to, call) => {
      checkMember(from, 'from');
      checkMember(to, 'to');
      if (shards.indexOf(from) !== shards.indexOf(to)) {
        throw new InvalidArgumentError('to', 'must be a name that lies on the same shard as from', to);
      }
      return of(from).rename(from, to, call);
    },
  };
}
