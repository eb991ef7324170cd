import {
  type Command,
  defineScript,
  fragments,
  integerReply,
  nullableBytesReply,
  refuse,
  type ScriptCall,
} from '@penknife/core';
import type { Place } from '../keys.js';
import acceptLua from '../scripts/accept.lua';
import leaseLua from '../scripts/lease.lua';
import settleLua from '../scripts/settle.lua';
import unstoredLua from '../scripts/unstored.lua';

/** The last write of a key as it stands in Redis. Ids are those of the log. */
export type LastWrite =
  | { readonly kind: 'unstored'; readonly id: string; readonly entry: Uint8Array }
  | { readonly kind: 'stored'; readonly id: string };

/** What became of a write that is in the log. `'known'`: a later one is there, or it is stored already. */
export type Acceptance = 'accepted' | 'known' | 'late';

// Each may run twice: an id that is there already changes nothing.
const acceptScript: ScriptCall<Acceptance, 3, 4> = defineScript({
  name: 'cache/accept',
  lua: acceptLua,
  fragments: [fragments.nowMs, leaseLua, unstoredLua],
  keys: 3,
  args: 4,
  repeatable: true,
  read: (reply) => (reply === 1 ? 'accepted' : reply === 0 ? 'known' : 'late'),
});

const settleScript: ScriptCall<boolean, 3, 2> = defineScript({
  name: 'cache/settle',
  lua: settleLua,
  fragments: [leaseLua, unstoredLua],
  keys: 3,
  args: 2,
  repeatable: true,
  read: (reply) => integerReply('cache/settle')(reply) === 1,
});

/** After this long a write that is in the log is not accepted any more. */
const latestMs = 30_000;
/** That a write is stored is remembered for longer than one could still be accepted. */
const rememberedMs = 2 * latestMs;

/** Gives a write that is in the log to readers, whether it is stored or not. */
export function accept(
  { entry, lease, unstored }: Place,
  id: string,
  bytes: Uint8Array,
  lifeMs: number,
): Command<Acceptance> {
  return acceptScript([entry, lease, unstored], [id, bytes, lifeMs, latestMs]);
}

/**
 * Tells that a write is stored. False: readers never got it, and now have nothing. `isLast`: the log has no older ones of
 * the key any more, so it need not be remembered for long.
 */
export function settle({ entry, lease, unstored }: Place, id: string, isLast: boolean): Command<boolean> {
  return settleScript([entry, lease, unstored], [id, isLast ? rememberedMs : 0]);
}

/** The last write of a key; undefined: none that is not stored, nor one that was a moment ago. */
export function readLastWrite({ unstored }: Place): Command<LastWrite | undefined> {
  return {
    args: ['GET', unstored],
    key: unstored,
    repeatable: true,
    bytes: true,
    read(reply) {
      const bytes = nullableBytesReply('GET')(reply);
      return bytes === null ? undefined : parseLastWrite(bytes);
    },
  };
}

/** Forgets the last write of a key. */
export function forgetWrite({ unstored }: Place): Command<number> {
  return { args: ['DEL', unstored], key: unstored, repeatable: true, read: integerReply('DEL') };
}

/** Kind, blank, and two numbers of at most twenty digits. */
const longestId = 44;

function parseLastWrite(bytes: Uint8Array): LastWrite {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1', 0, longestId);
  const [all = '', kind, id = ''] = /^([PS]) (\d+-\d+)(?: |$)/.exec(text) ?? [];
  if (kind === 'S') return { kind: 'stored', id };
  return kind === 'P'
    ? { kind: 'unstored', id, entry: bytes.subarray(all.length) }
    : refuse('GET', 'a write that is not stored yet, or the id of one that is', text);
}
