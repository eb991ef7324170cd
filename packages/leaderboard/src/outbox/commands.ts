import {
  type Command,
  defineScript,
  integerReply,
  type Reply,
  refuse,
  type ScriptCall,
} from '@penknife/core';
import { leaseFragments } from '@penknife/machinery';
import { listOf, numberOf, textOf } from '../replies.js';
import leaveOutboxLua from '../scripts/leave-outbox.lua';
import outboxLua from '../scripts/outbox.lua';

/** What one look into an outbox found. */
export interface OutboxLook {
  /** For how long somebody else has the lease; 0: it is ours. */
  readonly elsewhereMs: number;
  /** Entries there are. */
  readonly length: number;
  /** The oldest, with when each happened. */
  readonly entries: readonly { readonly id: string; readonly text: string; readonly atMs: number }[];
}

/** Takes or renews the lease, and looks at the oldest entries; run twice it gives the same. */
export const lookIntoOutbox: ScriptCall<OutboxLook, 2, 3> = defineScript({
  name: 'leaderboard/outbox',
  lua: outboxLua,
  fragments: leaseFragments,
  keys: 2,
  args: 3,
  repeatable: true,
  read: readLook,
});

/** Gives the lease up. */
export const leaveOutbox: ScriptCall<number, 1, 1> = defineScript({
  name: 'leaderboard/leave-outbox',
  lua: leaveOutboxLua,
  fragments: leaseFragments,
  keys: 1,
  args: 1,
  repeatable: true,
  read: integerReply('leaderboard/leave-outbox'),
});

/** Takes entries out, after all their boards got them. */
export function takeOut(key: string, ids: readonly string[]): Command<number> {
  return { args: ['XDEL', key, ...ids], key, repeatable: true, read: integerReply('XDEL') };
}

/** Entries there are. */
export function outboxLength(key: string): Command<number> {
  return { args: ['XLEN', key], key, repeatable: true, read: integerReply('XLEN') };
}

function readLook(reply: Reply): OutboxLook {
  const what = 'leaderboard/outbox';
  const [elsewhereMs, length, entries] = listOf(what, reply);
  return {
    elsewhereMs: numberOf(elsewhereMs),
    length: numberOf(length),
    entries: listOf(what, entries).map((entry) => {
      const [id, fields] = listOf(what, entry);
      const [, text, name, atMs] = listOf(what, fields);
      if (textOf(name) !== 'at') return refuse(what, 'entries of a submit', reply);
      return { id: textOf(id), text: textOf(text), atMs: Number(textOf(atMs)) };
    }),
  };
}
