import { isServerError, type Reply, refuse } from '@penknife/core';

/** An array. */
export function listOf(what: string, reply: Reply | undefined): readonly Reply[] {
  if (Array.isArray(reply)) return reply;
  return refuse(what, 'an array', reply);
}

/** An integer. */
export function numberOf(reply: Reply | undefined): number {
  return typeof reply === 'number' ? reply : refuse('leaderboard', 'an integer', reply);
}

/** Text, also where it came as bytes. */
export function textOf(reply: Reply | undefined): string {
  if (typeof reply === 'string') return reply;
  if (reply instanceof Uint8Array)
    return Buffer.from(reply.buffer, reply.byteOffset, reply.byteLength).toString();
  if (isServerError(reply)) throw reply;
  return refuse('leaderboard', 'text', reply);
}
