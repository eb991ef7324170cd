import { createServer, type Server, type Socket } from 'node:net';
import { checkObject, InvalidArgumentError, systemClock } from '@penknife/core';
import { toBytes } from '../driver/text.js';
import { worldOf } from '../driver/world-of.js';
import type { Engine } from '../engine/engine.js';
import type { MemoryRedis } from '../memory-redis.js';
import { ClientConnection } from './client-connection.js';
import { removeStaleSocket } from './socket-path.js';

/** Where a server listens, and who may come in. */
export interface ServerOptions {
  /** TCP port; 0 takes a free one, -1 none. Default 0. */
  readonly port?: number;
  /** Address to listen at. Default 127.0.0.1; any address that is not this machine's own alone needs a password. */
  readonly bind?: string;
  /** Path of a unix socket to listen at as well. The socket file of a server that is gone is replaced; anything else there is an error. */
  readonly unixSocket?: string;
  /** Password of the default user, as `requirepass`. */
  readonly password?: string;
  /** Hears of defects in the engine; the client is told that its command failed, and the server goes on. */
  readonly onError?: (error: unknown) => void;
}

/** A server that listens. */
export interface MemoryServer {
  /** The TCP port; undefined when it listens at a unix socket only. */
  readonly port: number | undefined;
  readonly unixSocket: string | undefined;
  /** `redis://…`, ready for a client; with the password when there is one. Undefined without a TCP port. */
  readonly url: string | undefined;
  /** Resolves when the server has ended, by `close` or by a client's SHUTDOWN. */
  readonly closed: Promise<void>;
  /**
   * Takes no more clients, sends what is written already, and closes every connection; those that do not read are dropped
   * after `drainMs` (default 1000). The engine stays as it is. Repeatable.
   */
  close(options?: { readonly drainMs?: number }): Promise<void>;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
}

const ownAddresses: ReadonlySet<string> = new Set(['127.0.0.1', '::1', 'localhost']);

function check(options: ServerOptions): void {
  checkObject('options', options);
  const { port = 0, bind = '127.0.0.1', password, unixSocket, onError } = options;
  if (!Number.isInteger(port) || port < -1 || port > 65_535) {
    throw new InvalidArgumentError('port', 'must be a whole number from -1 to 65535', port);
  }
  if (port === -1 && unixSocket === undefined) {
    throw new InvalidArgumentError('port', 'must be given when there is no unix socket', port);
  }
  for (const [name, value] of Object.entries({ bind, password, unixSocket })) {
    if (value === undefined) continue;
    if (typeof value !== 'string') throw new InvalidArgumentError(name, 'must be a text', typeof value);
    if (value === '') throw new InvalidArgumentError(name, 'must not be empty', value);
  }
  if (onError !== undefined && typeof onError !== 'function')
    throw new InvalidArgumentError('onError', 'must be a function', onError);
  if (!ownAddresses.has(bind) && password === undefined) {
    throw new InvalidArgumentError('bind', 'needs a password unless it is 127.0.0.1, ::1 or localhost', bind);
  }
}

/**
 * Lets any Redis client talk to an engine in the process, over TCP and a unix socket: RESP2 and RESP3, pipelining, inline
 * commands. Sockets take real time whatever clock the engine has. Rejects with InvalidArgumentError, with ClosedError for an
 * engine that was closed, or with the error of the socket when the address is taken.
 */
export async function startServer(redis: MemoryRedis, options: ServerOptions = {}): Promise<MemoryServer> {
  check(options);
  const { port = 0, bind = '127.0.0.1', unixSocket, password, onError } = options;
  const world = worldOf(redis);
  world.refuseClosed();
  const connections = new Set<ClientConnection>();
  const locked = new WeakSet<Engine>();
  let closing: Promise<void> | undefined;
  let tellClosed: () => void = () => undefined;
  const closed = new Promise<void>((resolve) => {
    tellClosed = resolve;
  });

  let bound: number | undefined;
  const shutdown = (): void => void close();

  /** The engine of now, which `reset` may have put in the place of another, made ready for clients. */
  function ready(): Engine {
    const { engine } = world;
    // Once for each: a client may have changed it since by CONFIG SET.
    if (password !== undefined && !locked.has(engine)) engine.config.set('requirepass', toBytes(password));
    locked.add(engine);
    if (bound !== undefined) engine.config.port = bound;
    engine.shutdownHandlers.add(shutdown);
    return engine;
  }

  function accept(socket: Socket): void {
    if (closing !== undefined || world.state === 'down') {
      socket.destroy();
      return;
    }
    const engine = ready();
    if (engine.sessions.size >= Number(engine.config.get('maxclients'))) {
      socket.on('error', () => undefined);
      socket.end('-ERR max number of clients reached\r\n', () => socket.destroy());
      return;
    }
    const events = {
      closed: (connection: ClientConnection) => void connections.delete(connection),
      failed: (error: unknown) => onError?.(error),
    };
    connections.add(new ClientConnection(world, socket, events));
  }

  const listeners: Server[] = [];
  const sockets = new Set<Socket>();
  const listen = async (where: { port: number; host: string } | { path: string }): Promise<Server> => {
    const server = createServer({ allowHalfOpen: false }, (socket) => {
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
      accept(socket);
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(where, () => resolve());
    });
    server.removeAllListeners('error');
    server.on('error', (error) => onError?.(error));
    listeners.push(server);
    return server;
  };

  const close = ({ drainMs = 1000 }: { readonly drainMs?: number } = {}): Promise<void> => {
    closing ??= end(drainMs);
    return closing;
  };

  async function end(drainMs: number): Promise<void> {
    world.engine.shutdownHandlers.delete(shutdown);
    const stopped = listeners.map((server) => new Promise<void>((resolve) => server.close(() => resolve())));
    for (const connection of [...connections]) connection.finish();
    const timer = systemClock.timer(drainMs, () => {
      for (const socket of sockets) socket.destroy();
    });
    await Promise.all(stopped);
    timer.cancel();
    tellClosed();
  }

  try {
    if (port !== -1) {
      const where = (await listen({ port, host: bind })).address();
      bound = typeof where === 'object' && where !== null ? where.port : undefined;
    }
    if (unixSocket !== undefined) {
      await removeStaleSocket(unixSocket);
      await listen({ path: unixSocket });
    }
  } catch (error) {
    await close({ drainMs: 0 });
    throw error;
  }
  ready();
  const credentials = password === undefined ? '' : `:${encodeURIComponent(password)}@`;
  const host = bind.includes(':') ? `[${bind}]` : bind;
  return {
    port: bound,
    unixSocket,
    url: bound === undefined ? undefined : `redis://${credentials}${host}:${bound}`,
    closed,
    close,
    [Symbol.asyncDispose]: () => close(),
  };
}
