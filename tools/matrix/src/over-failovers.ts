import { vi } from 'vitest';
import { clusterColumn } from './columns/cluster-column.js';
import { ioredisClient } from './columns/ioredis-client.js';
import { nodeRedisClient } from './columns/node-redis-client.js';
import { sentinelColumn } from './columns/sentinel-column.js';
import type { AnyKeys } from './lasting-keys.js';
import { type MatrixContext, overMatrix } from './over-matrix.js';

/**
 * Runs a suite whose tests replace a primary (`faults.failOver`): with sentinels every day, on clusters as well in full runs.
 * `keys`: of the pattern under test.
 */
export function overFailovers(name: string, define: (context: MatrixContext) => void, keys: AnyKeys): void {
  // Servers take seconds to agree that a primary is gone.
  vi.setConfig({ testTimeout: 60_000 });
  overMatrix(name, define, { columns: [sentinelColumn(ioredisClient)], keys, slowLog: false });
  if (process.env.PENKNIFE_TIER !== 'full') return;
  // Keys left behind are not looked for: the primary that was killed cannot be asked.
  const clusters = [clusterColumn(ioredisClient), clusterColumn(nodeRedisClient)];
  overMatrix(name, define, { columns: clusters, slowLog: false });
}
