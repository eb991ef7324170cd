import { type Reply, ServerError } from '@penknife/core';
import type { ClientReply } from './client-types.js';

/**
 * Makes a reply ours: an error of the client inside an array becomes a `ServerError`, in place. All else has its shape already,
 * by the type mapping that went with the command.
 */
export function shapeReply(raw: unknown): Reply {
  const reply = raw as ClientReply;
  if (typeof reply !== 'object' || reply === null) return reply;
  if (reply instanceof Error) return new ServerError(reply.message);
  if (!Array.isArray(reply)) return reply;
  const replies: unknown[] = reply;
  for (let i = 0; i < replies.length; i++) {
    const entry = replies[i];
    if (typeof entry === 'object' && entry !== null) replies[i] = shapeReply(entry);
  }
  return replies as Reply[];
}
