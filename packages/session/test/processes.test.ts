import { clusterColumn, ioredisClient, nodeRedisClient, overMatrix, singleColumn } from '@penknife/matrix';
import { vi } from 'vitest';
import { sessionKeys } from '../src/index.js';
import { processesSuite } from './processes.suite.js';

// Three processes are started, on a machine that may be busy.
vi.setConfig({ testTimeout: 120_000 });

const everywhere = process.env.PENKNIFE_TIER === 'full';

// No memory column: no other process sees it; the seeded schedules stand in for it. The slow log would tell how long a server
// waits for a processor that other processes want.
overMatrix('sessions among processes', processesSuite, {
  columns: [
    singleColumn(nodeRedisClient),
    clusterColumn(ioredisClient),
    ...(everywhere ? [singleColumn(ioredisClient), clusterColumn(nodeRedisClient)] : []),
  ],
  keys: sessionKeys,
  slowLog: false,
});
