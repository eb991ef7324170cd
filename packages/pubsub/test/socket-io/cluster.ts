import { once } from 'node:events';
import type { MatrixContext } from '@penknife/matrix';
import type { Server, ServerOptions, Socket } from 'socket.io';
import type { Socket as Client } from 'socket.io-client';
import { afterEach } from 'vitest';
import { type Member, startMember } from './servers.js';

/** Three servers with a client each. */
export interface Cluster {
  readonly members: readonly Member[];
  readonly servers: readonly [Server, Server, Server];
  /** The servers' ends. */
  readonly sockets: readonly [Socket, Socket, Socket];
  readonly clients: readonly [Client, Client, Client];
  /** Runs one expectation of socket.io's, under its name, on clients that are in no room and listen to nothing. */
  expectation(name: string, run: () => Promise<unknown>): Promise<void>;
  close(): Promise<void>;
}

/** Starts them. */
async function startCluster(context: MatrixContext, options: Partial<ServerOptions> = {}): Promise<Cluster> {
  const members: Member[] = [];
  for (let i = 0; i < 3; i++) members.push(await startMember(await context.driver(), options));
  const three = <T>(of: (member: Member) => T) => members.map(of) as unknown as readonly [T, T, T];
  return {
    members,
    servers: three(({ io }) => io),
    sockets: three(({ socket }) => socket),
    clients: three(({ client }) => client),
    async expectation(name, run) {
      for (const { io, client, socket } of members) {
        for (const event of ['test', 'hello', 'bye']) {
          client.off(event);
          io.removeAllListeners(event);
        }
        for (const room of socket.rooms) if (room !== socket.id) await socket.leave(room);
      }
      try {
        await run();
      } catch (cause) {
        throw new Error(`${name}: ${String(cause)}`, { cause });
      }
    },
    async close() {
      await Promise.all(members.map((member) => member.close()));
    },
  };
}

/** Starts clusters that end with their test. */
export function clustersOf(context: MatrixContext): (options?: Partial<ServerOptions>) => Promise<Cluster> {
  let cluster: Cluster | undefined;
  afterEach(async () => {
    await cluster?.close();
    cluster = undefined;
  });
  return async (options) => {
    cluster = await startCluster(context, options);
    return cluster;
  };
}

/** `socket.io-adapter`'s own: the requests that wait. */
export const waiting = (server: Server): number =>
  (server.of('/').adapter as unknown as { requests: Map<string, unknown> }).requests.size;

/** The next event of a server. */
export const event = (server: Server, name: string): Promise<unknown[]> =>
  once(server as unknown as NodeJS.EventEmitter, name);
