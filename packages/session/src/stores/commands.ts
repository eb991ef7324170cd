import {
  type Command,
  defineScript,
  fragments,
  integerReply,
  type Reply,
  refuse,
  type ScriptCall,
  stringReply,
} from '@penknife/core';
import { type Answer, answerReply } from '../answer.js';
import endLua from '../scripts/document-end.lua';
import entriesLua from '../scripts/document-entries.lua';
import getLua from '../scripts/document-get.lua';
import putLua from '../scripts/document-put.lua';
import stateLua from '../scripts/document-state.lua';

type DocumentScript = ScriptCall<Answer, 2, number>;

function documentScript(act: string, lua: string, repeatable: boolean): DocumentScript {
  return defineScript({
    name: `session/document-${act}`,
    lua,
    fragments: [fragments.nowMs, stateLua],
    keys: 2,
    args: 'any' as number | 'any',
    ...(repeatable && { repeatable: true as const }),
    read: answerReply(`session/document-${act}`),
  });
}

/** A load. Harmless twice. */
export const getScript: DocumentScript = documentScript('get', getLua, true);
/** Changes of fields. Not repeatable: another's later change would be undone by the second run. */
export const putScript: DocumentScript = documentScript('put', putLua, false);
/** The end. Harmless twice. */
export const endScript: DocumentScript = documentScript('end', endLua, true);

/** The entries of one shard. */
export interface ShardEntries {
  readonly count: number;
  readonly entries: readonly string[];
}

const entriesScript: ScriptCall<ShardEntries, 1, 2> = defineScript({
  name: 'session/document-entries',
  lua: entriesLua,
  fragments: [fragments.nowMs],
  keys: 1,
  args: 2,
  repeatable: true,
  read(reply: Reply): ShardEntries {
    if (!Array.isArray(reply)) return refuse('session/document-entries', 'an array', reply);
    const [count, ...entries] = reply as readonly Reply[];
    return {
      count: integerReply('session/document-entries')(count ?? null),
      entries: entries.map(stringReply('session/document-entries')),
    };
  },
});

/** Reads how many sessions of a shard live, and some of their entries. */
export function shardEntries(indexKey: string, skip: number, most: number): Command<ShardEntries> {
  return entriesScript([indexKey], [skip, most]);
}

/** Ends all sessions of a shard: they live only while this key names them. */
export function forgetShard(indexKey: string): Command<number> {
  return { args: ['UNLINK', indexKey], key: indexKey, repeatable: true, read: integerReply('UNLINK') };
}
