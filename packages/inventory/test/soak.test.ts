import { clusterColumn, ioredisClient, nodeRedisClient, overMatrix, singleColumn } from '@penknife/matrix';
import { vi } from 'vitest';
import { soakSuite, soakTimeoutMs } from './soak.suite.js';

vi.setConfig({ testTimeout: soakTimeoutMs });

// Servers that are frozen and killed on purpose log whatever they were doing as slow.
overMatrix('an inventory under fire', soakSuite, {
  columns: [singleColumn(nodeRedisClient, undefined, 'TCP', 'append-only'), clusterColumn(ioredisClient)],
  slowLog: false,
});
