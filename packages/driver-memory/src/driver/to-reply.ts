import { type Reply as DriverReply, ServerError } from '@penknife/core';
import {
  BigNumberReply,
  CommandError,
  DoubleReply,
  isArrayReply,
  MapReply,
  Marker,
  type Reply,
  SetReply,
  Status,
  VerbatimReply,
} from '../engine/reply.js';
import { toText } from './text.js';

/**
 * An engine's reply as drivers give it: bulk strings as text or as bytes, statuses as text, integers as numbers,
 * errors inside arrays as values. An error that is the whole reply is thrown.
 */
export function toDriverReply(reply: Reply, bytes: boolean, command: string): DriverReply {
  if (reply instanceof CommandError) throw serverError(reply, command);
  return convert(reply, bytes);
}

/** The error of a command. */
export function serverError(error: CommandError, command?: string): ServerError {
  return new ServerError(toText(error.err), command === undefined ? {} : { command });
}

function convert(reply: Reply, bytes: boolean): DriverReply {
  if (typeof reply === 'string') return bytes ? Buffer.from(reply, 'latin1') : toText(reply);
  if (typeof reply === 'number' || reply === null) return reply;
  if (isArrayReply(reply)) return reply.map((item) => convert(item, bytes));
  if (reply instanceof Status) return toText(reply.ok);
  if (reply instanceof CommandError) return serverError(reply);
  if (typeof reply === 'bigint') return Number(reply);
  return convertRare(reply, bytes);
}

function convertRare(reply: Exclude<Reply, string | number | bigint | null>, bytes: boolean): DriverReply {
  if (reply instanceof Marker) return null;
  if (typeof reply === 'boolean') return reply ? 1 : 0;
  if (reply instanceof MapReply) return reply.flat.map((item) => convert(item, bytes));
  if (reply instanceof SetReply) return reply.items.map((item) => convert(item, bytes));
  if (reply instanceof DoubleReply || reply instanceof VerbatimReply || reply instanceof BigNumberReply) {
    return convert(reply.text, bytes);
  }
  throw new TypeError('an engine gave a reply of an unknown kind');
}
