import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { releasePort, reservePort } from './free-port.js';
import { type GuardedProcess, ServerExitError, startGuarded } from './guarded-process.js';
import { signal, untilStopped } from './process-state.js';
import type { ServerBinary } from './server-binary.js';
import type { ServerNode } from './server-node.js';
import { createCertificate } from './tls-certificate.js';

/** The folder and the ports a server was given. */
export interface NodePlace {
  readonly folder: string;
  readonly port: number;
  readonly socketPath: string;
  readonly tlsPort?: number;
}

/** How one server is started: its program, its ready line, and its arguments for a place. */
export interface NodePlan {
  readonly binary: ServerBinary;
  readonly ready: RegExp;
  readonly tls: boolean;
  /** Called for every place that is tried, and not again for a restart. */
  arguments(place: NodePlace): Promise<readonly string[]>;
}

const bindAttempts = 10;
const orderlyEndMs = 5000;

/** Ends a server with SIGTERM, and with SIGKILL when it takes too long; its folder stays. */
async function endOrderly(server: GuardedProcess): Promise<void> {
  signal(server.pid, 'SIGCONT');
  signal(server.pid, 'SIGTERM');
  const timer = setTimeout(() => signal(server.pid, 'SIGKILL'), orderlyEndMs);
  await server.ended;
  clearTimeout(timer);
}

function nodeOf(
  place: NodePlace,
  started: GuardedProcess,
  start: () => Promise<GuardedProcess>,
  tls: ServerNode['tls'],
): ServerNode {
  let server = started;
  let stopped = false;
  async function stop(): Promise<void> {
    if (stopped) return;
    stopped = true;
    await server.end(false);
    await rm(place.folder, { recursive: true, force: true });
    releasePort(place.port);
    if (place.tlsPort !== undefined) releasePort(place.tlsPort);
  }
  return {
    host: '127.0.0.1',
    port: place.port,
    url: `redis://127.0.0.1:${place.port}`,
    socketPath: place.socketPath,
    ...(tls && { tls }),
    get pid() {
      return server.pid;
    },
    get running() {
      return server.running;
    },
    lastLines: () => server.lastLines(),
    kill: () => server.end(true),
    async pause() {
      if (server.running && signal(server.pid, 'SIGSTOP')) await untilStopped(server.pid);
    },
    async resume() {
      if (server.running) signal(server.pid, 'SIGCONT');
    },
    async restart() {
      if (stopped) throw new Error(`the server of port ${place.port} was stopped for good`);
      if (server.running) await endOrderly(server);
      await server.ended;
      server = await start();
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

async function tryPlace(plan: NodePlan): Promise<ServerNode> {
  const folder = await mkdtemp(join(tmpdir(), 'penknife-redis-'));
  const port = await reservePort();
  const tlsPort = plan.tls ? await reservePort() : undefined;
  const place: NodePlace = {
    folder,
    port,
    socketPath: join(folder, 'redis.sock'),
    ...(tlsPort !== undefined && { tlsPort }),
  };
  try {
    const certificate = plan.tls ? await createCertificate(folder) : undefined;
    const command = [...plan.binary.command, ...(await plan.arguments(place))];
    const start = (): Promise<GuardedProcess> => startGuarded({ command, folder, ready: plan.ready });
    const tls = certificate && tlsPort !== undefined ? { port: tlsPort, ...certificate } : undefined;
    return nodeOf(place, await start(), start, tls);
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    releasePort(port);
    if (tlsPort !== undefined) releasePort(tlsPort);
    throw error;
  }
}

/**
 * Starts one server in a fresh folder on a free port and resolves when it is ready. When another process took the port
 * in between, another port is tried; any other early end rejects with a `ServerExitError` and leaves nothing behind.
 */
export async function launchNode(plan: NodePlan): Promise<ServerNode> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await tryPlace(plan);
    } catch (error) {
      const portWasTaken = error instanceof ServerExitError && /already in use/i.test(error.message);
      if (!portWasTaken || attempt === bindAttempts) throw error;
    }
  }
}
