import { type Reply, ServerError } from '@penknife/core';
import type { WireCall } from '@penknife/core/driver-kit';
import type { ClientReply, CommandOptions, SingleClient } from './client-types.js';
import { isServerReply, offline } from './translate-error.js';

/** Bulk strings (RESP type `$`) as bytes. */
const asBytes: CommandOptions = { timeout: undefined, typeMapping: { 36: Buffer } };
/** Refused while queueing for a reason that passes: the transaction did not run and may be tried elsewhere or later. */
const passing: ReadonlySet<string> = new Set([
  'MOVED',
  'ASK',
  'TRYAGAIN',
  'CLUSTERDOWN',
  'LOADING',
  'MASTERDOWN',
  'READONLY',
]);

/** Writes one command. `failed` may answer an error otherwise than by rejecting. */
export function send(
  client: SingleClient,
  { args, bytes }: WireCall,
  failed?: (error: unknown) => Promise<Reply>,
): Promise<Reply> {
  if (!client.isReady) return Promise.reject(offline('the client'));
  return (bytes ? sendForBytes(client, args) : client.sendCommand(args)).then(adopt, failed);
}

/** One view per client with the type mapping bound: three times as fast as options with each command. */
const views = new WeakMap<SingleClient, SingleClient>();

function sendForBytes(client: SingleClient, args: WireCall['args']): Promise<ClientReply> {
  let view = views.get(client);
  if (view === undefined) {
    view = client.withCommandOptions(asBytes);
    views.set(client, view);
  }
  // redis 5 keeps the very object, and heeds it for its own methods but not for sendCommand.
  return view._commandOptions === asBytes ? client.sendCommand(args, asBytes) : view.sendCommand(args);
}

/**
 * MULTI, the calls and EXEC, queued in one tick and hence next to each other on the wire. The client's own `multi()`
 * cannot give bytes, and it hides what EXEC answered behind error classes.
 */
export function sendTransaction(
  client: SingleClient,
  calls: readonly WireCall[],
): Promise<readonly Reply[] | null> {
  if (!client.isReady) return Promise.reject(offline('the client'));
  // EXEC's one reply holds all of them: decoded as bytes if anybody wants bytes.
  const bytes = calls.some((call) => call.bytes);
  const queued = [['MULTI'], ...calls.map((call) => call.args)].map((args) => client.sendCommand(args));
  const executed = bytes ? sendForBytes(client, ['EXEC']) : client.sendCommand(['EXEC']);
  return Promise.allSettled([executed, ...queued]).then(([outcome, ...acknowledged]) => {
    if (outcome?.status === 'fulfilled') {
      const replies = outcome.value as ClientReply[] | null;
      return replies === null
        ? null
        : replies.map((reply, i) => adopt(calls[i]?.bytes === bytes ? reply : asText(reply)));
    }
    const refused = acknowledged.find((entry) => entry.status === 'rejected')?.reason;
    throw abortReason(outcome?.reason, refused);
  });
}

/** What a caller learns when EXEC did not run: why, with the first refusal as the cause. */
function abortReason(executed: unknown, refused: unknown): unknown {
  if (!isServerReply(executed) || !isServerReply(refused)) return executed;
  const [code = ''] = refused.message.split(' ');
  if (passing.has(code)) return refused;
  return new ServerError(executed.message, { cause: new ServerError(refused.message) });
}

/** Makes a reply ours: an error of the client inside an array becomes a `ServerError`, in place. */
function adopt(reply: ClientReply): Reply {
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

function asText(reply: ClientReply): ClientReply {
  if (Buffer.isBuffer(reply)) return reply.toString();
  return Array.isArray(reply) ? reply.map(asText) : reply;
}
