import type { ClientKind } from './client-kind.js';
import { ioredis5Client, ioredisClient } from './ioredis-client.js';
import { nodeRedis5Client, nodeRedisClient } from './node-redis-client.js';

/** Every client library of the matrix, by its name. */
export const clientKinds: ReadonlyMap<string, ClientKind> = new Map(
  [nodeRedisClient, ioredisClient, nodeRedis5Client, ioredis5Client].map((kind) => [kind.name, kind]),
);
