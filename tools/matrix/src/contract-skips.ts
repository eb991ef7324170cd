import type { ContractSetup } from '@penknife/testing';
import type { ColumnFacts } from './column.js';

type Skips = ContractSetup['skips'];

const realClusterSkips: Skips = {
  'faults: while the server loads its data calls wait, until their deadline':
    'a node of a cluster that loads is out of it for seconds; shown on a single server, and on the memory cluster',
};

const nodeRedisSkips: Skips = {
  'replies: the largest safe integer, 2^53 - 1, is exact':
    'the decoder of redis 6.3.1 rounds odd integers above 2^53 - 58 to the next even one',
};

/** The cases of the driver contract that a column cannot show, each with its reason. */
export function contractSkips({ topology, client, memory }: ColumnFacts): Skips {
  return {
    ...(topology === 'cluster' && !memory && realClusterSkips),
    ...(client.startsWith('node-redis') && nodeRedisSkips),
  };
}
