import {
  clusterColumn,
  ioredisClient,
  nodeRedisClient,
  overMatrix,
  sentinelColumn,
  singleColumn,
} from '@penknife/matrix';
import { vi } from 'vitest';
import { fireSuite } from './fire.suite.js';

const full = process.env.PENKNIFE_TIER === 'full';
vi.setConfig({ testTimeout: full ? 900_000 : 90_000 });

// Real time passes: no memory column, which the simulations serve. The long run, the cluster and the failover are the full
// tier's, for their minutes.
const everyTime = [
  singleColumn(nodeRedisClient, undefined, 'TCP', 'append-only'),
  singleColumn(ioredisClient, undefined, 'TCP', 'append-only'),
];
const columns = full
  ? [
      ...everyTime,
      clusterColumn(ioredisClient),
      sentinelColumn(nodeRedisClient),
      sentinelColumn(ioredisClient),
    ]
  : everyTime;

overMatrix('processes under fire', fireSuite, { columns, slowLog: false });
