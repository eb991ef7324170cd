import { type Command, defineScript, integerReply, refuse, type ScriptCall } from '@penknife/core';
import { positionReply } from './commands.js';
import type { ChannelDefinition } from './definition.js';
import type { FireReceipt, LogReceipt } from './receipt.js';
import { append } from './scripts/append.js';
import publishLogOnceLua from './scripts/publish-log-once.lua';
import publishOnceLua from './scripts/publish-once.lua';

const integer = integerReply('PUBLISH');
const repeated = { repeated: true } as const;

const publishOnceScript: ScriptCall<FireReceipt, 2, 3> = defineScript({
  name: 'pubsub/publish-once',
  lua: publishOnceLua,
  keys: 2,
  args: 3,
  // The id is its own mark: a second run finds it there.
  repeatable: true,
  read(reply) {
    if (!Array.isArray(reply) || reply.length !== 2)
      return refuse('pubsub/publish-once', 'an array of 2', reply);
    return { receivers: integer(reply[1]), ...(integer(reply[0]) === 0 && repeated) };
  },
});

const publishLogOnceScript: ScriptCall<LogReceipt, 4, 8> = defineScript({
  name: 'pubsub/publish-log-once',
  lua: publishLogOnceLua,
  fragments: [append],
  keys: 4,
  args: 8,
  repeatable: true,
  read(reply) {
    if (!Array.isArray(reply) || reply.length !== 3) {
      return refuse('pubsub/publish-log-once', 'an array of 3', reply);
    }
    return {
      position: positionReply('pubsub/publish-log-once', reply[1]),
      receivers: integer(reply[2]),
      ...(integer(reply[0]) === 0 && repeated),
    };
  },
});

type Definition = Pick<ChannelDefinition, 'history' | 'onceForMs' | 'sharded'>;

/** Publishes, unless the id was published before. */
export function publishOnce(
  keys: { readonly once: string; readonly channel: string },
  { onceForMs, sharded }: Definition,
  frame: string | Uint8Array,
): Command<FireReceipt> {
  return publishOnceScript([keys.once, keys.channel], [frame, onceForMs, sharded ? 'SPUBLISH' : 'PUBLISH']);
}

/** Stores in the history and publishes, unless the id was published before. */
export function publishLogOnce(
  keys: { readonly head: string; readonly history: string; readonly channel: string; readonly once: string },
  { history: { size, ttlMs, positionTtlMs }, onceForMs, sharded }: Definition,
  {
    head,
    body,
    epoch,
  }: { readonly head: string; readonly body: string | Uint8Array; readonly epoch: string },
): Command<LogReceipt> {
  return publishLogOnceScript(
    [keys.head, keys.history, keys.channel, keys.once],
    [head, body, epoch, size, ttlMs, positionTtlMs, sharded ? 'SPUBLISH' : 'PUBLISH', onceForMs],
  );
}
