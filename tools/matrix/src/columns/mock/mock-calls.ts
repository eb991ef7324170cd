import { type Reply, ServerError } from '@penknife/core';
import type { WireArg, WireCall, WireSender } from '@penknife/core/driver-kit';
import type { MockInstance } from '@penknife/ioredis-mock';

type Method = (...args: WireArg[]) => Promise<unknown>;

/** The mock has a method a command, and no raw `call`. Undefined where it lacks the command. */
function methodOf(mock: MockInstance, name: string, bytes: boolean): Method | undefined {
  const lower = name.toLowerCase();
  const method = (bytes && mock[`${lower}Buffer`]) || mock[lower];
  return typeof method === 'function' ? (method.bind(mock) as Method) : undefined;
}

/** A reply of whatever shape in RESP2's: objects as pairs, texts or bytes as asked. */
function shaped(reply: unknown, bytes: boolean): Reply {
  if (reply === undefined || reply === null) return null;
  if (typeof reply === 'number') return reply;
  if (typeof reply === 'string') return bytes ? Buffer.from(reply) : reply;
  if (reply instanceof Uint8Array) return bytes ? reply : Buffer.from(reply).toString();
  if (reply instanceof Error) return asServerError(reply);
  if (Array.isArray(reply)) return reply.map((item) => shaped(item, bytes));
  if (typeof reply === 'object')
    return Object.entries(reply).flatMap(([name, value]) => [name, shaped(value, bytes)]);
  return String(reply);
}

/** Whatever the mock throws stands for an answer of the server, for there is no network. */
export function asServerError(error: unknown): ServerError {
  if (error instanceof ServerError) return error;
  const text = error instanceof Error ? error.message : String(error);
  return new ServerError(/^[A-Z]{3,} /.test(text) ? text : `ERR ${text}`);
}

/** Commands on one instance. Status replies of bytes are text, as a server's are. */
export function mockSender(mock: MockInstance): WireSender {
  const call = async ({ args, bytes }: WireCall): Promise<Reply> => {
    const [name, ...rest] = args;
    const method = methodOf(mock, String(name), bytes);
    if (method === undefined) throw new ServerError(`ERR unknown command '${name}'`);
    return shaped(await method(...rest), bytes);
  };
  return {
    call,
    async transaction(calls) {
      const method = (word: string): Method => {
        const found = methodOf(mock, word, false);
        if (found === undefined) throw new ServerError(`ERR unknown command '${word}'`);
        return found;
      };
      const multi = mock.multi({ pipeline: false }) as unknown;
      await multi;
      for (const { args } of calls) await method(String(args[0]))(...args.slice(1));
      const replies = (await method('exec')()) as readonly unknown[] | null;
      if (replies === null) return null;
      return replies.map((reply, i) => {
        const [error, value] = Array.isArray(reply) ? reply : [null, reply];
        return error ? asServerError(error) : shaped(value, calls[i]?.bytes === true);
      });
    },
  };
}
