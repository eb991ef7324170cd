import { createNodeRedisDriver, type NodeRedisClient } from '@penknife/driver-node-redis';
import * as redis6 from 'redis';
import * as redis5 from 'redis5';
import { type ClientKind, type Door, driverOptions, type MadeDriver, trusting } from './client-kind.js';

/** What both kinds of client of either major have in common here. */
interface Client extends NodeRedisClient {
  on(event: 'error', listener: (error: unknown) => void): unknown;
}

/** The doors of the package, as far as they are used. */
interface Library {
  createClient(options: object): Client & { ping(): Promise<unknown> };
  createCluster(options: object): Client & {
    sendCommand(key: undefined, readonly: boolean, args: string[]): Promise<unknown>;
  };
  createSentinel(options: object): Client & { ping(): Promise<unknown> };
}

function made(client: Client, driver: MadeDriver['driver'], ping: () => Promise<unknown>): MadeDriver {
  // Without a listener an 'error' event would end the process; the client itself is not under test.
  client.on('error', () => undefined);
  return {
    driver,
    connectClient: async () => void (await client.connect()),
    clientAnswers: async () => (await ping()) === 'PONG',
    endClient() {
      if (client.isOpen) client.destroy();
    },
  };
}

function socketOf(door: Door): object {
  if ('socketPath' in door) return { path: door.socketPath };
  const secured = 'ca' in door && { tls: true, ...trusting(door.ca) };
  return { host: '127.0.0.1', port: door.port, ...secured };
}

function nodeRedis(name: string, { createClient, createCluster, createSentinel }: Library): ClientKind {
  return {
    name,
    single(door, options) {
      const client = createClient({ socket: socketOf(door), ...options.credentials });
      return made(client, createNodeRedisDriver(client, driverOptions(options)), () => client.ping());
    },
    watched({ name: primaryName, sentinelPorts }, options) {
      const client = createSentinel({
        name: primaryName,
        sentinelRootNodes: sentinelPorts.map((port) => ({ host: '127.0.0.1', port })),
        nodeClientOptions: { ...options.credentials },
      });
      return made(client, createNodeRedisDriver(client, driverOptions(options)), () => client.ping());
    },
    cluster(ports, options) {
      const client = createCluster({
        rootNodes: ports.map((port) => ({ url: `redis://127.0.0.1:${port}` })),
        defaults: { ...options.credentials },
      });
      const driver = createNodeRedisDriver(client, driverOptions(options));
      return made(client, driver, () => client.sendCommand(undefined, false, ['PING']));
    },
  };
}

/** node-redis, its present major. */
export const nodeRedisClient: ClientKind = nodeRedis('node-redis', redis6 as unknown as Library);

/** node-redis, the major before. */
export const nodeRedis5Client: ClientKind = nodeRedis('node-redis 5', redis5 as unknown as Library);
