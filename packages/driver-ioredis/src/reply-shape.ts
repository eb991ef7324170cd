import type { Reply } from '@penknife/core';
import { translateError } from './translate-error.js';

/**
 * A reply as the client gives it to `callBuffer` with `stringNumbers`: integers as text, all else as bytes, an error inside
 * an array as an `Error`. Here it becomes a `Reply`, arrays in place.
 */
export function shapeReply(reply: unknown, bytes: boolean): Reply {
  if (reply instanceof Uint8Array) return bytes ? reply : reply.toString();
  if (typeof reply === 'string') return Number(reply);
  if (Array.isArray(reply)) {
    for (let i = 0; i < reply.length; i++) reply[i] = shapeReply(reply[i], bytes);
    return reply;
  }
  return reply instanceof Error ? (translateError(reply) as Reply) : null;
}
