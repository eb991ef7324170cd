import { clusterColumn, ioredisClient, nodeRedisClient, overMatrix, singleColumn } from '@penknife/matrix';
import { vi } from 'vitest';
import { callersSuite } from './callers.suite.js';

// Four processes are started, on a machine that may be busy.
vi.setConfig({ testTimeout: 60_000 });

const everywhere = process.env.PENKNIFE_TIER === 'full';

// No memory column: no other process sees it; the simulation stands in for it. The slow log would tell how long a server
// waits for a processor that four other processes want.
overMatrix('callers', callersSuite, {
  columns: [
    singleColumn(nodeRedisClient),
    clusterColumn(ioredisClient),
    ...(everywhere ? [singleColumn(ioredisClient), clusterColumn(nodeRedisClient)] : []),
  ],
  slowLog: false,
});
