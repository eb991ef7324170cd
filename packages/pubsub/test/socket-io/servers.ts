import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Driver } from '@penknife/core';
import { Server, type ServerOptions, type Socket } from 'socket.io';
import { ClusterAdapter } from 'socket.io-adapter';
import { type Socket as Client, io as connect } from 'socket.io-client';
import { createPubSub, type PubSub } from '../../src/index.js';
import { createSocketIoAdapter, type SocketIoAdapter } from '../../src/socket-io.js';

/** One server with one client. */
export interface Member {
  readonly io: Server;
  readonly pubsub: PubSub;
  readonly address: string;
  /** The server's end of the client. */
  readonly socket: Socket;
  readonly client: Client;
  close(): Promise<void>;
}

/** Starts a server on a driver, and a client on it. */
export async function startMember(driver: Driver, options: Partial<ServerOptions> = {}): Promise<Member> {
  const pubsub = createPubSub(driver, { probe: false, positionCheck: false });
  const http = createServer();
  const io = new Server(http, { ...options, adapter: createSocketIoAdapter(pubsub, { ClusterAdapter }) });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const address = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  await (io.of('/').adapter as unknown as SocketIoAdapter).ready;
  const client = connect(address, { transports: ['websocket'], reconnectionDelay: 1 });
  const [socket] = (await once(io as unknown as NodeJS.EventEmitter, 'connection')) as [Socket];
  if (!client.connected) await new Promise<void>((connected) => client.once('connect', connected));
  return {
    io,
    pubsub,
    address,
    socket,
    client,
    async close() {
      client.disconnect();
      await io.close();
      await pubsub.close();
    },
  };
}

/** The next event of a name. */
export function heard(client: Client, event: string): Promise<unknown[]> {
  return new Promise((resolve) => {
    client.once(event, (...args: unknown[]) => resolve(args));
  });
}

/** Whether each client hears what one of the servers emits: a marker of each server follows, in the same order as what was emitted there. */
export async function whoHears(members: readonly Member[], emit: () => unknown): Promise<boolean[]> {
  const hears = members.map(() => false);
  const stop = members.map(({ client }, i) => {
    const listener = (): void => {
      hears[i] = true;
    };
    client.on('test', listener);
    return () => client.off('test', listener);
  });
  const marked = members.flatMap(({ client }) => members.map((_, i) => heard(client, `marker${i}`)));
  await emit();
  members.forEach(({ io }, i) => {
    io.emit(`marker${i}`);
  });
  await Promise.all(marked);
  for (const each of stop) each();
  return hears;
}
