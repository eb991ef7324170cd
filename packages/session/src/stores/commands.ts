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
import { fieldsReply, limitReply } from '../answer.js';
import endLua from '../scripts/document-end.lua';
import entriesLua from '../scripts/document-entries.lua';
import getLua from '../scripts/document-get.lua';
import putLua from '../scripts/document-put.lua';
import stateLua from '../scripts/document-state.lua';

/** A session as it was loaded: fields as stored, and for how long it lives if it is not used. */
export interface Found {
  readonly fields: ReadonlyMap<string, string>;
  readonly leftMs: number;
}

/** Why a session was not found: it is over, not yet, or not ours. */
type Missing = 'none' | 'revoked' | 'foreign';

/** What became of a change. */
export type Put = 'live' | Missing | { readonly limit: 'fields' | 'bytes' };

function documentScript<T>(
  act: string,
  lua: string,
  repeatable: boolean,
  read: (reply: readonly Reply[]) => T,
) {
  const name = `session/document-${act}`;
  return defineScript({
    name,
    lua,
    fragments: [fragments.nowMs, stateLua],
    keys: 2,
    args: 'any' as number | 'any',
    ...(repeatable && { repeatable: true as const }),
    read: (reply) => (Array.isArray(reply) ? read(reply) : refuse(name, 'an array', reply)),
  });
}

function missing(state: Reply | undefined): Missing {
  if (state === 'none' || state === 'revoked' || state === 'foreign') return state;
  return refuse('session/document', 'a state', state);
}

const fieldsOf = fieldsReply('session/document-get');

/** A load. Harmless twice. */
export const getScript: ScriptCall<Found | Missing, 2, number> = documentScript(
  'get',
  getLua,
  true,
  ([state, leftMs, fields]) =>
    state === 'live'
      ? { fields: fieldsOf(fields ?? null), leftMs: integerReply('session/document-get')(leftMs ?? null) }
      : missing(state),
);

/** Changes of fields. Not repeatable: another's later change would be undone by the second run. */
export const putScript: ScriptCall<Put, 2, number> = documentScript(
  'put',
  putLua,
  false,
  ([state, limit]) => {
    if (state === 'limit') return { limit: limitReply(limit) };
    return state === 'live' ? state : missing(state);
  },
);

/** The end. Harmless twice. */
export const endScript: ScriptCall<'ended' | Missing, 2, number> = documentScript(
  'end',
  endLua,
  true,
  ([state]) => (state === 'ended' ? state : missing(state)),
);

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
