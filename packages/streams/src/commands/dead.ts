import { type Command, defineScript, fragments, integerReply } from '@penknife/core';
import type { KeysOfGroup } from '../keys.js';
import { waitingConsumer, wake } from '../scripts/fragments.js';
import replayLua from '../scripts/replay.lua';

// A letter that was replayed is gone, so a second run finds nothing.
const replay = defineScript({
  name: 'streams/replay',
  lua: replayLua,
  fragments: [fragments.nowMs, wake],
  keys: 5,
  args: 'any',
  repeatable: true,
  read: integerReply('streams/replay'),
});

/** Gives dead letters back to their group. */
export function replayDeadLetters(
  { log, retry, failures, dead, wake }: KeysOfGroup,
  group: string,
  ids: readonly string[],
): Command<number> {
  return replay([log, retry, failures, dead, wake], [group, waitingConsumer, ...ids]);
}

/** Deletes dead letters. */
export function dropDeadLetters({ dead }: KeysOfGroup, ids: readonly string[]): Command<number> {
  return { args: ['XDEL', dead, ...ids], key: dead, repeatable: true, read: integerReply('XDEL') };
}
