import {
  arrayReply,
  defineScript,
  fragments,
  integerReply,
  type ScriptCall,
  stringReply,
} from '@penknife/core';
import countLua from '../scripts/window-count.lua';
import membersLua from '../scripts/window-members.lua';
import seenLua from '../scripts/window-seen.lua';

/** Notes a member. Not repeatable: a second run would take the first one for an earlier sight. */
export const seenScript: ScriptCall<boolean, 1, 4> = defineScript({
  name: 'inventory/window-seen',
  lua: seenLua,
  fragments: [fragments.nowMicros],
  keys: 1,
  args: 4,
  read: (reply) => integerReply('inventory/window-seen')(reply) === 1,
});

/** Counts members of the last so many ms. */
export const countSince: ScriptCall<number, 1, 1> = defineScript({
  name: 'inventory/window-count',
  lua: countLua,
  fragments: [fragments.nowMicros],
  keys: 1,
  args: 1,
  repeatable: true,
  read: integerReply('inventory/window-count'),
});

/** Lists members of the last so many ms, the latest first. */
export const membersSince: ScriptCall<string[], 1, 2> = defineScript({
  name: 'inventory/window-members',
  lua: membersLua,
  fragments: [fragments.nowMicros],
  keys: 1,
  args: 2,
  repeatable: true,
  read: arrayReply('inventory/window-members', stringReply('inventory/window-members')),
});
