import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';
import type { SocketBridge } from '../../src/ws.js';

// biome-ignore lint/suspicious/noExplicitAny: what a test reads of a message it names itself.
type Heard = any;

/** A client as a browser would be, with what it heard. */
export interface TestClient {
  readonly socket: WebSocket;
  readonly heard: Heard[];
  say(message: unknown): void;
  /** The next message that was not taken yet, whenever it comes. */
  next(): Promise<Heard>;
  /** Says something and gives the next message. */
  ask(message: unknown): Promise<Heard>;
  /** The code it was closed with. */
  readonly closed: Promise<number>;
}

/** A server of `ws` in front of a bridge. */
export interface TestServer {
  /** The server's ends of all sockets so far. */
  readonly sockets: WebSocket[];
  connect(who?: string, options?: object): Promise<TestClient>;
  close(): Promise<void>;
}

/** Starts one on a free port. Clients name themselves in the path. */
export async function serveSockets(bridge: SocketBridge<string>): Promise<TestServer> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const sockets: WebSocket[] = [];
  server.on('connection', (socket, request) => {
    sockets.push(socket);
    bridge.connect(socket, request.url?.slice(1) ?? '');
  });
  const clients: WebSocket[] = [];
  return {
    sockets,
    async connect(who = 'ada', options = {}) {
      const socket = new WebSocket(`ws://127.0.0.1:${port}/${who}`, options);
      clients.push(socket);
      const client = clientOn(socket);
      await once(socket, 'open');
      return client;
    },
    async close() {
      for (const client of clients) client.terminate();
      await new Promise((closed) => server.close(closed));
    },
  };
}

function clientOn(socket: WebSocket): TestClient {
  const heard: Heard[] = [];
  let taken = 0;
  let arrived: () => void = () => undefined;
  let over: Error | undefined;
  socket.on('message', (data) => {
    heard.push(JSON.parse(data.toString()));
    arrived();
  });
  const closed = new Promise<number>((resolve) => {
    socket.on('close', (code) => {
      over = new Error(`the socket was closed with ${code}`);
      arrived();
      resolve(code);
    });
  });
  const client: TestClient = {
    socket,
    heard,
    closed,
    say: (message) => socket.send(typeof message === 'string' ? message : JSON.stringify(message)),
    async next() {
      while (taken >= heard.length) {
        if (over !== undefined) throw over;
        await new Promise<void>((resolve) => {
          arrived = resolve;
        });
      }
      return heard[taken++];
    },
    ask(message) {
      client.say(message);
      return client.next();
    },
  };
  return client;
}
