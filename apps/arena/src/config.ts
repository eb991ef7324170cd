/** Where the arena keeps its state. */
export type Backend =
  | { readonly kind: 'memory' }
  | { readonly kind: 'server'; readonly client: ClientName; readonly url: string }
  | { readonly kind: 'cluster'; readonly client: ClientName; readonly nodes: readonly ClusterNode[] };

/** The clients the arena can be run with. */
export type ClientName = 'node-redis' | 'ioredis';

/** One address of a cluster. */
export interface ClusterNode {
  readonly host: string;
  readonly port: number;
}

/** The arena's configuration. */
export interface Config {
  readonly port: number;
  readonly host: string;
  /** How many instances of the service run in this process, each with connections of its own. */
  readonly instances: number;
  /** How many processes work on orders beside the instances. None on memory, which no other process sees. */
  readonly workers: number;
  readonly backend: Backend;
  /** Signs the cookies of sessions. Undefined: one for trying out. */
  readonly secret: string | undefined;
}

/** Reads the configuration from the environment; throws an `Error` naming the variable and the rule. */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const { PORT = '3000', HOST = '127.0.0.1', ARENA_INSTANCES = '2' } = environment;
  const instances = Number(ARENA_INSTANCES);
  if (!Number.isInteger(instances) || instances < 1 || instances > 9) {
    throw new Error(`ARENA_INSTANCES must be a number from 1 to 9; given: ${ARENA_INSTANCES}`);
  }
  const { ARENA_SECRET: secret } = environment;
  if (secret !== undefined && Buffer.byteLength(secret) < 32) {
    throw new Error('ARENA_SECRET must have at least 32 bytes');
  }
  const backend = backendOf(environment);
  const { ARENA_WORKERS = backend.kind === 'memory' ? '0' : '1' } = environment;
  const workers = Number(ARENA_WORKERS);
  const most = backend.kind === 'memory' ? 0 : 9;
  if (!Number.isInteger(workers) || workers < 0 || workers > most) {
    throw new Error(`ARENA_WORKERS must be a number from 0 to ${most} here; given: ${ARENA_WORKERS}`);
  }
  return { port: portOf('PORT', PORT), host: HOST, instances, workers, backend, secret };
}

function backendOf(environment: Readonly<Record<string, string | undefined>>): Backend {
  const { REDIS_URL, REDIS_CLUSTER, PENKNIFE_CLIENT = 'node-redis' } = environment;
  if (PENKNIFE_CLIENT !== 'node-redis' && PENKNIFE_CLIENT !== 'ioredis') {
    throw new Error(`PENKNIFE_CLIENT must be node-redis or ioredis; given: ${PENKNIFE_CLIENT}`);
  }
  if (REDIS_CLUSTER) {
    const nodes = REDIS_CLUSTER.split(',').map((address) => {
      const [host = '', port = ''] = address.trim().split(/:(?=\d+$)/);
      if (host === '') throw new Error('REDIS_CLUSTER must read host:port,host:port,…');
      return { host, port: portOf('REDIS_CLUSTER', port) };
    });
    return { kind: 'cluster', client: PENKNIFE_CLIENT, nodes };
  }
  if (!REDIS_URL) return { kind: 'memory' };
  if (!/^rediss?:\/\//.test(REDIS_URL)) throw new Error('REDIS_URL must start with redis:// or rediss://');
  return { kind: 'server', client: PENKNIFE_CLIENT, url: REDIS_URL };
}

function portOf(variable: string, text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new Error(`${variable} must hold a port from 0 to 65535; given: ${text}`);
  }
  return port;
}
