import { createConnection, type Socket } from 'node:net';

/** An error the server answered with, as a value inside replies and as the rejection of `command`. */
export class RespError extends Error {
  override readonly name = 'RespError';
}

/** A RESP2 reply. */
export type RespValue = string | number | null | RespError | RespValue[];

/** Reads one reply that starts at `at`; undefined while it is incomplete. */
function parse(data: Buffer, at: number): { value: RespValue; next: number } | undefined {
  const end = data.indexOf('\r\n', at);
  if (end < 0) return undefined;
  const line = data.toString('utf8', at + 1, end);
  const next = end + 2;
  const kind = data[at];
  if (kind === 0x2b) return { value: line, next };
  if (kind === 0x2d) return { value: new RespError(line), next };
  if (kind === 0x3a) return { value: Number(line), next };
  const length = Number(line);
  if (length < 0) return { value: null, next };
  if (kind === 0x24) {
    if (data.length < next + length + 2) return undefined;
    return { value: data.toString('utf8', next, next + length), next: next + length + 2 };
  }
  if (kind !== 0x2a) throw new Error(`not a RESP2 reply: ${JSON.stringify(line)}`);
  const items: RespValue[] = [];
  let position = next;
  for (let index = 0; index < length; index++) {
    const item = parse(data, position);
    if (!item) return undefined;
    items.push(item.value);
    position = item.next;
  }
  return { value: items, next: position };
}

/**
 * The smallest client that can ask a server about itself: one connection, RESP2, replies in order, text only.
 * No reconnecting. Every pending command rejects when the connection breaks or stays silent for `silenceMs`.
 */
export class RespClient {
  readonly #socket: Socket;
  readonly #pending: { resolve(value: RespValue): void; reject(error: Error): void }[] = [];
  #received: Buffer = Buffer.alloc(0);
  #broken: Error | undefined;

  constructor(port: number, host = '127.0.0.1', silenceMs = 3000) {
    this.#socket = createConnection({ port, host, noDelay: true });
    this.#socket.setTimeout(silenceMs, () => {
      if (this.#pending.length > 0) this.#break(new Error(`${host}:${port} was silent for ${silenceMs} ms`));
    });
    this.#socket.on('data', (chunk: Buffer) => this.#read(chunk));
    this.#socket.on('error', (error) => this.#break(error));
    this.#socket.on('close', () => this.#break(new Error(`${host}:${port} closed the connection`)));
  }

  /** Sends one command. Resolves with its reply; rejects with a `RespError` when the server answers with an error. */
  command(...args: readonly (string | number)[]): Promise<RespValue> {
    if (this.#broken) return Promise.reject(this.#broken);
    return new Promise((resolve, reject) => {
      this.#pending.push({ resolve, reject });
      const parts = args.map(String).map((arg) => `$${Buffer.byteLength(arg)}\r\n${arg}\r\n`);
      this.#socket.write(`*${args.length}\r\n${parts.join('')}`);
    });
  }

  /** Closes the connection at once. */
  close(): void {
    this.#break(new Error('the client was closed'));
  }

  #read(chunk: Buffer): void {
    this.#received = Buffer.concat([this.#received, chunk]);
    try {
      for (let reply = parse(this.#received, 0); reply; reply = parse(this.#received, 0)) {
        this.#received = this.#received.subarray(reply.next);
        const waiting = this.#pending.shift();
        if (reply.value instanceof RespError) waiting?.reject(reply.value);
        else waiting?.resolve(reply.value);
      }
    } catch (error) {
      this.#break(error as Error);
    }
  }

  #break(error: Error): void {
    this.#broken ??= error;
    this.#socket.destroy();
    for (const { reject } of this.#pending.splice(0)) reject(error);
  }
}

/** Opens a client for the time of one piece of work and closes it whatever happens. */
export async function withClient<T>(port: number, work: (client: RespClient) => Promise<T>): Promise<T> {
  const client = new RespClient(port);
  try {
    return await work(client);
  } finally {
    client.close();
  }
}

/** The fields of an INFO-like reply (`name:value` lines). */
export function readFields(reply: RespValue): ReadonlyMap<string, string> {
  const lines = String(reply).split(/\r?\n/);
  return new Map(
    lines
      .filter((line) => line.includes(':'))
      .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]),
  );
}

/** The name-value pairs of a flat array reply (CONFIG GET, SENTINEL MASTER). */
export function readPairs(reply: RespValue): ReadonlyMap<string, string> {
  const flat = Array.isArray(reply) ? reply.map(String) : [];
  const pairs = new Map<string, string>();
  for (let index = 0; index + 1 < flat.length; index += 2) pairs.set(flat[index]!, flat[index + 1]!);
  return pairs;
}
