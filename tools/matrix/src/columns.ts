import type { Column } from './column.js';
import { clusterColumn } from './columns/cluster-column.js';
import { doorColumn } from './columns/door-column.js';
import { ioredis5Client, ioredisClient } from './columns/ioredis-client.js';
import { memoryClusterColumn } from './columns/memory-cluster-column.js';
import { memoryColumn, memoryColumnAs } from './columns/memory-column.js';
import { nodeRedis5Client, nodeRedisClient } from './columns/node-redis-client.js';
import { sentinelColumn } from './columns/sentinel-column.js';
import { singleColumn } from './columns/single-column.js';

/** Memory as other servers and as a cluster: quick, and yet not where every minute counts. */
const furtherMemory: readonly Column[] =
  process.env.PENKNIFE_TIER === 'full'
    ? [memoryClusterColumn, memoryColumnAs('8.6'), memoryColumnAs('valkey-9')]
    : [];

/** The columns that every suite runs in. A further client, major or server flavour is one more entry. */
export const columns: readonly Column[] = [
  memoryColumn,
  ...furtherMemory,
  singleColumn(nodeRedisClient),
  singleColumn(ioredisClient),
  clusterColumn(nodeRedisClient),
  clusterColumn(ioredisClient),
];

/** A column that the driver contract runs in besides, and how much of it where every minute counts. */
export interface FurtherColumn {
  readonly column: Column;
  /** `whole`: all cases; `smoke`: some concerns, one of each kind of traffic; `none`: in full runs only. */
  readonly quickly: 'whole' | 'smoke' | 'none';
}

const clients = [nodeRedisClient, ioredisClient];
const previousMajors = [nodeRedis5Client, ioredis5Client];

function all(quickly: FurtherColumn['quickly'], further: readonly Column[]): readonly FurtherColumn[] {
  return further.map((column) => ({ column, quickly }));
}

/**
 * Sentinel, the client majors before, the other ways into a server, and the other servers. The driver refuses the sentinel client
 * of redis 5, which cannot be duplicated.
 */
export const furtherColumns: readonly FurtherColumn[] = [
  ...all(
    'whole',
    clients.map((client) => sentinelColumn(client)),
  ),
  ...all('none', [sentinelColumn(ioredis5Client)]),
  ...all(
    'smoke',
    previousMajors.map((client) => singleColumn(client)),
  ),
  ...all(
    'none',
    previousMajors.map((client) => clusterColumn(client)),
  ),
  ...all(
    'smoke',
    clients.map((client) => doorColumn(client)),
  ),
  ...(['TLS', 'unix socket'] as const).flatMap((way) =>
    all(
      'smoke',
      clients.map((client) => singleColumn(client, undefined, way)),
    ),
  ),
  ...all(
    'smoke',
    (['redis-8.0', 'valkey-8.1'] as const).flatMap((flavour) =>
      clients.map((client) => singleColumn(client, flavour)),
    ),
  ),
  ...all('smoke', [clusterColumn(nodeRedisClient, 'redis-8.0'), clusterColumn(ioredisClient, 'valkey-8.1')]),
  ...all('none', [clusterColumn(nodeRedisClient, 'valkey-8.1'), clusterColumn(ioredisClient, 'redis-8.0')]),
  ...all(
    'none',
    (['redis-7.0', 'redis-8.6', 'valkey-9'] as const).flatMap((flavour) =>
      clients.flatMap((client) => [singleColumn(client, flavour), clusterColumn(client, flavour)]),
    ),
  ),
];
