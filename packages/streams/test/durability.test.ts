import { ioredisClient, overMatrix, singleColumn } from '@penknife/matrix';
import { streamKeys } from '../src/index.js';
import { durabilitySuite } from './durability.suite.js';

overMatrix('durability', durabilitySuite, { keys: streamKeys });
overMatrix('durability', durabilitySuite, {
  keys: streamKeys,
  columns: [singleColumn(ioredisClient, 'redis-8.0')],
});
