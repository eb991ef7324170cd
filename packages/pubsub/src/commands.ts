import {
  type Command,
  defineScript,
  integerReply,
  nullableBytesReply,
  nullableStringReply,
  type Reply,
  refuse,
  type ScriptCall,
} from '@penknife/core';
import type { ChannelDefinition } from './definition.js';
import { type Position, readPosition } from './position.js';
import { append } from './scripts/append.js';
import publishLatestLua from './scripts/publish-latest.lua';
import publishLogLua from './scripts/publish-log.lua';
import readLogLua from './scripts/read-log.lua';

/** What the server said to a publish. */
export interface Stored {
  /** False when a newer version is retained and nothing was published. */
  readonly stored: boolean;
  readonly position: Position;
  readonly receivers: number;
}

/** One page of a history, and the newest position at that moment; no head: there is no order (yet, or any more). */
export interface RawPage {
  readonly head: Position | undefined;
  readonly frames: readonly Uint8Array[];
}

const integer = integerReply('PUBLISH');
const emptyHead = nullableStringReply('GET');

/** Reads `epoch:offset`; throws `ReplyShapeError`. */
export function positionReply(name: string, reply: Reply | undefined): Position {
  const text = reply instanceof Uint8Array ? Buffer.from(reply).toString('latin1') : reply;
  const position = typeof text === 'string' ? readPosition(text) : undefined;
  return position ?? refuse(name, 'a position', reply);
}

const publishLogScript: ScriptCall<Stored, 3, 7> = defineScript({
  name: 'pubsub/publish-log',
  lua: publishLogLua,
  fragments: [append],
  keys: 3,
  args: 7,
  read(reply) {
    if (!Array.isArray(reply) || reply.length !== 2)
      return refuse('pubsub/publish-log', 'an array of 2', reply);
    return {
      stored: true,
      position: positionReply('pubsub/publish-log', reply[0]),
      receivers: integer(reply[1]),
    };
  },
});

const publishLatestScript: ScriptCall<Stored, 2, 6> = defineScript({
  name: 'pubsub/publish-latest',
  lua: publishLatestLua,
  keys: 2,
  args: 6,
  read(reply) {
    if (!Array.isArray(reply) || reply.length !== 3) {
      return refuse('pubsub/publish-latest', 'an array of 3', reply);
    }
    return {
      stored: integer(reply[0]) === 1,
      position: positionReply('pubsub/publish-latest', reply[1]),
      receivers: integer(reply[2]),
    };
  },
});

const readLogScript: ScriptCall<RawPage, 2, 3> = defineScript({
  name: 'pubsub/read-log',
  lua: readLogLua,
  keys: 2,
  args: 3,
  repeatable: true,
  bytes: true,
  read(reply) {
    if (!Array.isArray(reply) || reply.length !== 2) return refuse('pubsub/read-log', 'an array of 2', reply);
    const [head, frames] = reply as [Reply, Reply];
    if (head === null) return { head: undefined, frames: [] };
    if (!Array.isArray(frames)) return refuse('pubsub/read-log', 'a list of messages', frames);
    return { head: positionReply('pubsub/read-log', head), frames: frames.map(frameReply) };
  },
});

function frameReply(frame: Reply): Uint8Array {
  return frame instanceof Uint8Array ? frame : refuse('pubsub/read-log', 'a message', frame);
}

/** PUBLISH or SPUBLISH. Its reply is the number of connections that took it on the node that was asked. */
export function publish<R>(
  channel: string,
  sharded: boolean,
  frame: string | Uint8Array,
  read: (reply: Reply) => R,
): Command<R> {
  return { args: [sharded ? 'SPUBLISH' : 'PUBLISH', channel, frame], key: channel, read };
}

/** Stores in the history and publishes. */
export function publishLog(
  keys: { readonly head: string; readonly history: string; readonly channel: string },
  definition: Pick<ChannelDefinition, 'history' | 'sharded'>,
  message: { readonly head: string; readonly body: string | Uint8Array; readonly epoch: string },
): Command<Stored> {
  const { size, ttlMs, positionTtlMs } = definition.history;
  return publishLogScript(
    [keys.head, keys.history, keys.channel],
    [
      message.head,
      message.body,
      message.epoch,
      size,
      ttlMs,
      positionTtlMs,
      definition.sharded ? 'SPUBLISH' : 'PUBLISH',
    ],
  );
}

/** Retains and publishes. */
export function publishLatest(
  keys: { readonly latest: string; readonly channel: string },
  definition: Pick<ChannelDefinition, 'retainMs' | 'sharded'>,
  message: {
    readonly head: string;
    readonly body: string | Uint8Array;
    readonly epoch: string;
    readonly version: number | undefined;
  },
): Command<Stored> {
  return publishLatestScript(
    [keys.latest, keys.channel],
    [
      message.head,
      message.body,
      message.epoch,
      message.version ?? '',
      definition.retainMs,
      definition.sharded ? 'SPUBLISH' : 'PUBLISH',
    ],
  );
}

/** One page of a history, from a position on, inclusive. */
export function readLog(
  keys: { readonly head: string; readonly history: string },
  from: Position,
  count: number,
): Command<RawPage> {
  return readLogScript([keys.head, keys.history], [from.epoch, from.offset, count]);
}

/** The newest position of a `log` channel. */
export function readHead(key: string): Command<Position | undefined> {
  return {
    args: ['GET', key],
    key,
    repeatable: true,
    read(reply) {
      const text = emptyHead(reply);
      return text === null ? undefined : readPosition(text);
    },
  };
}

/** The retained frame of a `latest` channel. */
export function readLatest(key: string): Command<Uint8Array | null> {
  return { args: ['GET', key], key, repeatable: true, bytes: true, read: nullableBytesReply('GET') };
}
