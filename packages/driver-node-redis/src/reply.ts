import { type Reply, ServerError } from '@penknife/core';
import type { ClientReply } from './client-types.js';

/** Makes a reply ours: an error of the client inside an array becomes a `ServerError`, in place. */
export function adopt(reply: ClientReply): Reply {
  if (typeof reply !== 'object' || reply === null) return reply;
  if (reply instanceof Error) return new ServerError(reply.message);
  if (!Array.isArray(reply)) return reply;
  const replies: unknown[] = reply;
  for (let i = 0; i < replies.length; i++) {
    const entry = replies[i];
    if (typeof entry === 'object' && entry !== null) replies[i] = adopt(entry as ClientReply);
  }
  return replies as Reply[];
}
