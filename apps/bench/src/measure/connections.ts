import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { withClient } from '@penknife/redis-servers';

/** Bytes of each open connection, in and out, up to one moment. */
export type Traffic = ReadonlyMap<Socket, number>;

/** Sees the connections that libraries open in this process, from its start to its `close`. */
export interface ConnectionWatch {
  traffic(): Traffic;
  /**
   * Who has talked to the server on `port` since `before`, in words: the libraries that opened the connections, their versions,
   * and the protocol that the server says they speak. Connections closed meanwhile are not told.
   */
  spokenSince(before: Traffic, port: number): Promise<string>;
  close(): void;
}

/** What carries less than this share of the busiest connection's bytes is somebody else's heartbeat. */
const leastShare = 0.05;

/**
 * Watches. Observed, not declared: a contestant is told apart from the others of its process by the bytes of its run, its client by
 * the package whose code opened the socket. Bound to what Node calls `net.client.socket`; what opens sockets otherwise is not seen.
 */
export function watchConnections(): ConnectionWatch {
  const libraries = new Map<Socket, string>();
  const opened = (message: unknown): void => {
    const { socket } = message as { readonly socket: Socket };
    const library = openerIn(new Error('who connects').stack ?? '');
    if (library === undefined) return;
    libraries.set(socket, library);
    socket.once('close', () => libraries.delete(socket));
  };
  subscribe('net.client.socket', opened);
  const traffic = (): Traffic =>
    new Map([...libraries.keys()].map((socket) => [socket, socket.bytesRead + socket.bytesWritten]));
  return {
    traffic,
    async spokenSince(before, port) {
      const grown = [...traffic()].map(
        ([socket, bytes]) => [socket, bytes - (before.get(socket) ?? 0)] as const,
      );
      const most = Math.max(1, ...grown.map(([, bytes]) => bytes));
      const busy = grown.filter(([, bytes]) => bytes >= most * leastShare);
      if (busy.length === 0) return 'in this process';
      const protocols = await protocolsOf(port);
      const spoken = busy.flatMap(([socket]) => {
        const protocol = protocols.get(socket.localPort ?? 0);
        return protocol === undefined ? [] : [`${libraries.get(socket)}, RESP${protocol}`];
      });
      return spoken.length === 0 ? 'connections that it closed again' : counted(spoken);
    },
    close() {
      unsubscribe('net.client.socket', opened);
    },
  };
}

/** The package, with its version, whose code has called `net`; undefined when that is no installed package. */
export function openerIn(stack: string): string | undefined {
  const frames = stack.split('\n');
  const below = frames.findLastIndex((frame, at) => /\(node:net:/.test(frame) && at < 8);
  const caller = frames.slice(below + 1).find((frame) => !/[( ]node:/.test(frame)) ?? '';
  const folder = /((?:file:\/\/)?\/.*\/node_modules\/(?:@[^/]+\/)?[^/.@][^/]*)\//.exec(caller)?.[1];
  if (folder === undefined) return undefined;
  const path = folder.startsWith('file:') ? fileURLToPath(folder) : folder;
  const { name, version } = JSON.parse(readFileSync(`${path}/package.json`, 'utf8')) as Record<
    string,
    string
  >;
  return `${name} ${version}`;
}

/** The protocol of each client of a server, by the client's port. */
async function protocolsOf(port: number): Promise<ReadonlyMap<number, string>> {
  const list = String(await withClient(port, (client) => client.command('CLIENT', 'LIST')));
  const clients = list.matchAll(/ addr=\S*:(\d+) .* resp=(\d)/g);
  return new Map([...clients].map(([, from, protocol = '?']) => [Number(from), protocol]));
}

function counted(words: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts].map(([word, count]) => (count === 1 ? word : `${count} × ${word}`)).join(' and ');
}
