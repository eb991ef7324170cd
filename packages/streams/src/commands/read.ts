import { type Arg, type Command, defineScript, type Reply, refuse } from '@penknife/core';
import { type RawEntry, readRawEntry, textOf } from '../entry/raw-entry.js';
import type { KeysOfGroup } from '../keys.js';
import positionLua from '../scripts/position.lua';

/** XRANGE or XREVRANGE: entries between two ids, at most `count`. */
export function rangeOf(
  log: string,
  from: string,
  to: string,
  count: number,
  reverse: boolean,
): Command<readonly RawEntry[]> {
  const name = reverse ? 'XREVRANGE' : 'XRANGE';
  return {
    args: [name, log, ...(reverse ? [to, from] : [from, to]), 'COUNT', count],
    key: log,
    bytes: true,
    repeatable: true,
    read: (reply) => readEntries(reply, name),
  };
}

/** XREAD without blocking: entries after an id. */
export function readAfter(log: string, id: string, count: number): Command<readonly RawEntry[]> {
  return {
    args: ['XREAD', 'COUNT', count, 'STREAMS', log, id],
    key: log,
    bytes: true,
    repeatable: true,
    read: (reply) => readOneStream(reply, 'XREAD'),
  };
}

/**
 * XREADGROUP without blocking: the next entries of the group, from now on pending with this consumer. Not repeatable: when
 * its reply is lost the entries are found in the consumer's own pending list.
 */
export function readGroup(
  log: string,
  group: string,
  consumer: string,
  count: number,
): Command<readonly RawEntry[]> {
  return {
    args: ['XREADGROUP', 'GROUP', group, consumer, 'COUNT', count, 'STREAMS', log, '>'],
    key: log,
    bytes: true,
    read: (reply) => readOneStream(reply, 'XREADGROUP'),
  };
}

/** One stream to be woken by: the key, and the id after which an entry wakes. */
export interface WakePoint {
  readonly key: string;
  readonly id: string;
}

/** XREAD BLOCK over several streams of one slot, one entry each; for a lane. Gives the first new id of each that has one. */
export function waitForEntries(points: readonly WakePoint[], blockMs: number): Command<readonly WakePoint[]> {
  const args: Arg[] = ['BLOCK', blockMs, 'COUNT', 1, 'STREAMS'];
  for (const { key } of points) args.push(key);
  for (const { id } of points) args.push(id);
  return {
    args: ['XREAD', ...args],
    ...(points[0] && { key: points[0].key }),
    bytes: true,
    repeatable: true,
    read(reply) {
      if (reply === null) return [];
      if (!Array.isArray(reply)) return refuse('XREAD', 'streams', reply);
      return reply.map((stream: Reply) => {
        const [key, entries] = Array.isArray(stream) ? stream : [];
        const [first] = readEntries(entries ?? null, 'XREAD');
        return { key: textOf(key, 'XREAD'), id: first?.id ?? refuse('XREAD', 'an entry', null) };
      });
    },
  };
}

const position = defineScript({
  name: 'streams/position',
  lua: positionLua,
  keys: 2,
  args: 0,
  repeatable: true,
  read(reply: Reply): { readonly log: string; readonly wake: string } {
    if (!Array.isArray(reply)) return refuse('streams/position', 'two ids', reply);
    return { log: textOf(reply[0], 'streams/position'), wake: textOf(reply[1], 'streams/position') };
  },
});

/** The last ids of the log and of the stream that wakes: `$`, resolved once to real ids. */
export function lastPosition(
  keys: Pick<KeysOfGroup, 'log' | 'wake'>,
): Command<{ readonly log: string; readonly wake: string }> {
  return position([keys.log, keys.wake], []);
}

/** CLIENT UNBLOCK of a lane's connection on the node that serves `key`. True when it was blocked. */
export function unblock(connection: number, key: string): Command<boolean> {
  return { args: ['CLIENT', 'UNBLOCK', connection], key, repeatable: true, read: (reply) => reply === 1 };
}

function readEntries(reply: Reply, command: string): readonly RawEntry[] {
  if (!Array.isArray(reply)) return refuse(command, 'entries', reply);
  return reply.map((entry: Reply) => readRawEntry(entry, command));
}

function readOneStream(reply: Reply, command: string): readonly RawEntry[] {
  if (reply === null) return [];
  const stream: Reply | undefined = Array.isArray(reply) ? reply[0] : undefined;
  if (!Array.isArray(stream)) return refuse(command, 'one stream', reply);
  return readEntries(stream[1] ?? null, command);
}
