import type { Reply } from '../contract/command.js';
import { ReplyShapeError } from '../errors/reply-shape-error.js';
import { isServerError } from '../errors/server-error.js';

/** A reader of one reply. The makers below take the command's name, for the `ReplyShapeError` they throw. */
export type Reader<T> = (reply: Reply) => T;

/** An integer within ±(2^53 - 1). A larger one came rounded, and is refused: ask for text where one may come (`bigintReply`). */
export function integerReply(command: string): Reader<number> {
  return (reply) => {
    if (typeof reply === 'number' && Number.isSafeInteger(reply)) return reply;
    return refuse(command, typeof reply === 'number' ? 'an integer below 2^53' : 'an integer', reply);
  };
}

/** A 64-bit integer that travels as text, because it may pass 2^53. */
export function bigintReply(command: string): Reader<bigint> {
  return (reply) => {
    if (typeof reply === 'string' && /^-?\d+$/.test(reply)) return BigInt(reply);
    if (typeof reply === 'number' && Number.isSafeInteger(reply)) return BigInt(reply);
    return refuse(command, 'an integer as text', reply);
  };
}

/** A string. */
export function stringReply(command: string): Reader<string> {
  return (reply) => (typeof reply === 'string' ? reply : refuse(command, 'a string', reply));
}

/** A string, or null where there is none. */
export function nullableStringReply(command: string): Reader<string | null> {
  return (reply) =>
    reply === null || typeof reply === 'string' ? reply : refuse(command, 'a string or null', reply);
}

/** Bytes, or null where there are none; for commands with `bytes: true`. */
export function nullableBytesReply(command: string): Reader<Uint8Array | null> {
  return (reply) =>
    reply === null || reply instanceof Uint8Array ? reply : refuse(command, 'bytes or null', reply);
}

/** `OK`. */
export function okReply(command: string): Reader<void> {
  return (reply) => (reply === 'OK' ? undefined : refuse(command, 'OK', reply));
}

/** A double, which RESP2 carries as text. */
export function doubleReply(command: string): Reader<number> {
  return (reply) => {
    const value =
      typeof reply === 'number' ? reply : typeof reply === 'string' ? parseDouble(reply) : Number.NaN;
    return Number.isNaN(value) ? refuse(command, 'a number as text', reply) : value;
  };
}

/** An array whose items are read by `item`. */
export function arrayReply<T>(command: string, item: Reader<T>): Reader<T[]> {
  return (reply) =>
    Array.isArray(reply) ? reply.map((entry: Reply) => item(entry)) : refuse(command, 'an array', reply);
}

/** A flat array of alternating names and values, as HGETALL gives. */
export function pairsReply<T>(command: string, value: Reader<T>): Reader<[string, T][]> {
  return (reply) => {
    if (!Array.isArray(reply) || reply.length % 2 !== 0) return refuse(command, 'an array of pairs', reply);
    const pairs: [string, T][] = [];
    for (let i = 0; i < reply.length; i += 2) {
      const name: Reply = reply[i];
      pairs.push([typeof name === 'string' ? name : refuse(command, 'a name', name), value(reply[i + 1])]);
    }
    return pairs;
  };
}

/** The reply as it is, for callers that read it themselves. */
export function rawReply(reply: Reply): Reply {
  return reply;
}

/** Throws `ReplyShapeError`, or the server's error when the unexpected thing is one. */
export function refuse(command: string, expected: string, reply: unknown): never {
  if (isServerError(reply)) throw reply;
  throw new ReplyShapeError(command, expected, reply);
}

function parseDouble(text: string): number {
  if (text === 'inf' || text === '+inf') return Number.POSITIVE_INFINITY;
  if (text === '-inf') return Number.NEGATIVE_INFINITY;
  return text.trim() === '' ? Number.NaN : Number(text);
}
