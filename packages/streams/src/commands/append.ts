import {
  type Arg,
  type Command,
  defineScript,
  fragments,
  type Reply,
  refuse,
  stringReply,
} from '@penknife/core';
import type { StreamDefinition } from '../definition.js';
import type { EncodedDraft } from '../entry/encode-draft.js';
import type { KeysOfStream } from '../keys.js';
import appendLua from '../scripts/append.lua';
import appendWithLua from '../scripts/append-with.lua';
import { addEntry, runEffects, trimByAge } from '../scripts/fragments.js';
import { type Effect, keysTouched, wordsOf } from './once.js';

/** What became of one message. */
export interface Appended {
  /** The entry's id in the log. */
  readonly id: string;
  /**
   * True when a message of the same id was appended before, within the dedup window, be it by an earlier try of this very call whose
   * reply was lost: `id` is that one's.
   */
  readonly duplicate: boolean;
}

function readAppended(reply: Reply, command: string): Appended {
  const [id, known] = Array.isArray(reply) ? reply : [];
  if (typeof id !== 'string') return refuse(command, 'an id and 0 or 1', reply);
  return { id, duplicate: known === 1 };
}

const appendScript = defineScript({
  name: 'streams/append',
  lua: appendLua,
  fragments: [fragments.nowMs, addEntry, trimByAge],
  keys: 'any',
  args: 'any',
  read(reply: Reply): readonly Appended[] {
    if (!Array.isArray(reply)) return refuse('streams/append', 'an array', reply);
    return reply.map((entry: Reply) => readAppended(entry, 'streams/append'));
  },
});

/** What names one append: two of one name are stored once, where the server has IDMP. */
export interface AppendName {
  readonly producer: string;
  readonly number: number;
}

/** One XADD, for a message without an id on a stream without `maxAge`; everything else needs the script. Repeatable with a name. */
export function appendPlainly(
  keys: KeysOfStream,
  definition: StreamDefinition<never, unknown>,
  draft: EncodedDraft,
): ((name?: AppendName) => Command<Appended>) | undefined {
  const { maxLength, maxAgeMs } = definition.retention;
  if (draft.messageId !== undefined || maxAgeMs !== undefined) return undefined;
  const trim: Arg[] = maxLength === undefined ? [] : ['MAXLEN', '~', maxLength];
  return (name) => ({
    args: [
      'XADD',
      keys.log,
      ...(name === undefined ? [] : ['IDMP', name.producer, name.number]),
      ...trim,
      '*',
      ...draft.fields,
    ],
    key: keys.log,
    ...(name !== undefined && { repeatable: true }),
    read: (reply) => ({ id: stringReply('XADD')(reply), duplicate: false }),
  });
}

/**
 * Appends in order in one atomic act. With `touch` the markers of duplicates are written anew: WAIT counts from the last
 * write of its connection, and without one it would confirm what nobody has looked at. Repeatable when every message has
 * an id: a second run finds the markers.
 */
export function appendInOrder(
  keys: KeysOfStream,
  definition: StreamDefinition<never, unknown>,
  drafts: readonly EncodedDraft[],
  touch = false,
): Command<readonly Appended[]> {
  const { maxLength = '', maxAgeMs = '' } = definition.retention;
  const markers: string[] = [];
  const args: Arg[] = [maxLength, maxAgeMs, definition.dedupWindowMs, touch ? 1 : 0];
  for (const { messageId, fields } of drafts) {
    if (messageId !== undefined) markers.push(keys.seen(messageId));
    args.push(messageId === undefined ? 0 : markers.length, fields.length, ...fields);
  }
  const command = appendScript([keys.log, ...markers], args);
  return drafts.every((draft) => draft.messageId !== undefined) ? { ...command, repeatable: true } : command;
}

const appendWithScript = defineScript({
  name: 'streams/append-with',
  lua: appendWithLua,
  fragments: [fragments.nowMs, addEntry, trimByAge, runEffects],
  keys: 'any',
  args: 'any',
  read: (reply: Reply): Appended => readAppended(reply, 'streams/append-with'),
});

/** Effects and the message that tells of them, in one act. Repeatable when the message has an id. */
export function appendWithEffects(
  keys: KeysOfStream,
  definition: StreamDefinition<never, unknown>,
  { messageId, fields }: EncodedDraft,
  effects: readonly Effect[],
): Command<Appended> {
  const { maxLength = '', maxAgeMs = '' } = definition.retention;
  const marker = messageId === undefined ? [] : [keys.seen(messageId)];
  const window = messageId === undefined ? '' : definition.dedupWindowMs;
  const command = appendWithScript(
    [keys.log, ...marker, ...keysTouched(effects)],
    [maxLength, maxAgeMs, window, fields.length, ...fields, ...wordsOf(effects)],
  );
  return messageId === undefined ? command : { ...command, repeatable: true };
}
