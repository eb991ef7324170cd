import { type Reply, ServerError } from '@penknife/core';
import { RespError, type RespValue, withClient } from '@penknife/redis-servers';
import type { AdminArgs } from './column.js';

/** Sends a raw command to one server, on a connection that is closed afterwards. */
export async function commandAt(port: number, ...args: AdminArgs): Promise<Reply> {
  try {
    return replyOf(await withClient(port, (client) => client.command(...args)));
  } catch (error) {
    throw error instanceof RespError ? new ServerError(error.message, { command: args[0] }) : error;
  }
}

/** Commands that one node spreads over the cluster itself. */
const atOne = new Set(['PUBLISH']);

/**
 * Sends a raw command to every primary. One that has a key is answered MOVED by all but its own primary, whose answer
 * counts; one without a key runs everywhere, and the first answer counts.
 */
export async function commandAtAll(ports: readonly number[], ...args: AdminArgs): Promise<Reply> {
  if (atOne.has(args[0])) return commandAt(ports[0] as number, ...args);
  const outcomes = await Promise.allSettled(ports.map((port) => commandAt(port, ...args)));
  const answered = outcomes.find((outcome) => outcome.status === 'fulfilled');
  if (answered !== undefined) return answered.value;
  const failures = outcomes.filter((outcome) => outcome.status === 'rejected').map(({ reason }) => reason);
  throw failures.find((error) => (error as ServerError).code !== 'MOVED') ?? failures[0];
}

/** The names of keys at these servers that have no TTL. */
export async function lastingKeysAt(ports: readonly number[]): Promise<readonly string[]> {
  const found = await Promise.all(
    ports.map((port) =>
      withClient(port, async (client) => {
        const names = (await client.command('KEYS', '*')) as string[];
        const ttls = await Promise.all(names.map((name) => client.command('PTTL', name)));
        return names.filter((_, i) => ttls[i] === -1);
      }),
    ),
  );
  return found.flat().sort();
}

function replyOf(value: RespValue): Reply {
  if (value instanceof RespError) return new ServerError(value.message);
  return Array.isArray(value) ? value.map(replyOf) : value;
}
