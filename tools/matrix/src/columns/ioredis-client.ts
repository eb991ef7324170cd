import { createIoredisDriver, type IoredisClient } from '@penknife/driver-ioredis';
import * as ioredis6 from 'ioredis';
import * as ioredis5 from 'ioredis5';
import { type ClientKind, type Door, driverOptions, type MadeDriver, trusting } from './client-kind.js';

/** What both kinds of client of either major have in common here. */
type Client = IoredisClient & {
  on(event: 'error', listener: (error: unknown) => void): unknown;
  connect(): Promise<void>;
  ping(): Promise<string>;
  disconnect(): void;
};

/** The doors of the package, as far as they are used. */
interface Library {
  readonly Redis: new (options: object) => Client;
  readonly Cluster: new (nodes: readonly object[], options: object) => Client;
}

function made(client: Client, driver: MadeDriver['driver']): MadeDriver {
  client.on('error', () => undefined);
  return {
    driver,
    connectClient: () => client.connect(),
    clientAnswers: async () => (await client.ping()) === 'PONG',
    endClient: () => client.disconnect(),
  };
}

function addressOf(door: Door): object {
  if ('socketPath' in door) return { path: door.socketPath };
  return { host: '127.0.0.1', port: door.port, ...('ca' in door && { tls: trusting(door.ca) }) };
}

/** Its clients connect by themselves unless told otherwise. */
function ioredis(name: string, { Redis, Cluster }: Library): ClientKind {
  return {
    name,
    single(door, options) {
      const client = new Redis({ ...addressOf(door), lazyConnect: true, ...options.credentials });
      return made(client, createIoredisDriver(client, driverOptions(options)));
    },
    watched({ name: primaryName, sentinelPorts }, options) {
      const client = new Redis({
        sentinels: sentinelPorts.map((port) => ({ host: '127.0.0.1', port })),
        name: primaryName,
        lazyConnect: true,
        ...options.credentials,
      });
      return made(client, createIoredisDriver(client, driverOptions(options)));
    },
    cluster(ports, options) {
      const client = new Cluster(
        ports.map((port) => ({ host: '127.0.0.1', port })),
        { lazyConnect: true, redisOptions: { ...options.credentials } },
      );
      return made(client, createIoredisDriver(client, driverOptions(options)));
    },
  };
}

/** ioredis, its present major. */
export const ioredisClient: ClientKind = ioredis('ioredis', ioredis6 as unknown as Library);

/** ioredis, the major before. */
export const ioredis5Client: ClientKind = ioredis('ioredis 5', ioredis5 as unknown as Library);
