import type { Column } from './column.js';
import { clusterColumn } from './columns/cluster-column.js';
import { ioredis5Client, ioredisClient } from './columns/ioredis-client.js';
import { memoryColumn } from './columns/memory-column.js';
import { nodeRedis5Client, nodeRedisClient } from './columns/node-redis-client.js';
import { singleColumn } from './columns/single-column.js';

/** The columns that every suite runs in. A further client, major or server flavour is one more entry. */
export const columns: readonly Column[] = [
  memoryColumn,
  singleColumn(nodeRedisClient),
  singleColumn(ioredisClient),
  clusterColumn(nodeRedisClient),
  clusterColumn(ioredisClient),
];

/** Columns for what is run once, and for full runs: the client majors before. */
export const furtherColumns: readonly Column[] = [
  singleColumn(nodeRedis5Client),
  singleColumn(ioredis5Client),
  clusterColumn(nodeRedis5Client),
  clusterColumn(ioredis5Client),
];
