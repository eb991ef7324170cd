import { describe } from 'vitest';
import {
  ioredis5Client,
  ioredisClient,
  nodeRedis5Client,
  nodeRedisClient,
  sentinelColumn,
  singleColumn,
} from '../../src/index.js';
import { fullTier } from '../contract/run-in-columns.js';
import { runPatterns } from './run-patterns.js';

const ways = [
  sentinelColumn(nodeRedisClient),
  sentinelColumn(ioredisClient),
  singleColumn(nodeRedis5Client),
  singleColumn(ioredis5Client),
  singleColumn(nodeRedisClient, undefined, 'TLS'),
  singleColumn(ioredisClient, undefined, 'unix socket'),
];

if (fullTier) await runPatterns(ways.map((column) => ({ column, whole: false })));
else
  describe.skip('the patterns by other ways in (full runs only: the drivers’ contract is what ways in are held to)', () =>
    undefined);
