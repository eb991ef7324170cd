import { clusterColumn, ioredisClient, nodeRedisClient, overMatrix, singleColumn } from '@penknife/matrix';
import { vi } from 'vitest';
import { soakSuite, soakTimeoutMs } from './soak.suite.js';

vi.setConfig({ testTimeout: soakTimeoutMs });
const everywhere = process.env.PENKNIFE_TIER === 'full';

// Servers that are frozen and cut on purpose log whatever they were doing as slow. Real time passes here: no memory column,
// which the simulation serves.
overMatrix('a lock under fire', soakSuite, {
  columns: [
    singleColumn(nodeRedisClient, undefined, 'TCP', 'append-only'),
    clusterColumn(ioredisClient),
    ...(everywhere
      ? [singleColumn(ioredisClient, undefined, 'TCP', 'append-only'), clusterColumn(nodeRedisClient)]
      : []),
  ],
  slowLog: false,
});
