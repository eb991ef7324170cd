import { ioredisClient, nodeRedisClient, singleColumn } from '../../src/index.js';
import { fullTier } from '../contract/run-in-columns.js';
import { runPatterns } from './run-patterns.js';

await runPatterns([
  { column: singleColumn(ioredisClient, 'valkey-8.1'), whole: true },
  ...(fullTier ? [{ column: singleColumn(nodeRedisClient, 'valkey-9'), whole: true }] : []),
]);
