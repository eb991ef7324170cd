import { InvalidArgumentError } from '@penknife/core';
import { checkLag, defaultLag } from '../replication/lag.js';

/** How a cluster in the process is set up. */
export interface MemoryClusterOptions {
  /** Primaries, which share the slots evenly. 1 to 100; default 3. */
  readonly shards?: number;
  /** The most writes that a failover can lose: the last ones of each shard are kept for that. Default 1000; 0: no replicas, no failover. */
  readonly replicaLag?: number;
}

const mostShards = 100;

/** Checks the options and fills them in. */
export function clusterOptions({
  shards = 3,
  replicaLag = defaultLag,
}: MemoryClusterOptions): Required<MemoryClusterOptions> {
  if (!Number.isSafeInteger(shards) || shards < 1 || shards > mostShards)
    throw new InvalidArgumentError(
      'cluster.shards',
      `must be a whole number from 1 to ${mostShards}`,
      shards,
    );
  checkLag('cluster.replicaLag', replicaLag, 0);
  return { shards, replicaLag };
}
