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
vi.setConfig({ testTimeout: full ? 390_000 : 60_000 });

// Real time passes: no memory column, which the simulations serve. Each way a server can fail once, with one client; the long
// runs, and those with the other client, are the full tier's, for their minutes.
const quick = [
  singleColumn(nodeRedisClient, undefined, 'TCP', 'append-only'),
  clusterColumn(ioredisClient),
  sentinelColumn(ioredisClient),
];
const further = [
  singleColumn(ioredisClient, undefined, 'TCP', 'append-only'),
  clusterColumn(nodeRedisClient),
  sentinelColumn(nodeRedisClient),
];

overMatrix('processes under fire', fireSuite, {
  columns: full ? [...quick, ...further] : quick,
  slowLog: false,
});
