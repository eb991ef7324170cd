import type { Clock, Driver } from '@penknife/core';
import type { Transport } from '@penknife/core/driver-kit';
import type { MemoryClientOptions } from '../driver/client-options.js';
import type { ScriptedFailure } from '../driver/scripted-failures.js';
import type { Credentials } from '../driver/world.js';
import type { MemoryFaults } from '../faults.js';
import type { Inspection } from '../inspect.js';
import type { MemorySlotMove } from './move-slot.js';

/** A Redis cluster in the process: what a cluster refuses is refused, and tests move its slots and let its primaries fail. */
export interface MemoryCluster {
  /** A client of its own: it finds the primaries, follows MOVED and ASK, and waits out TRYAGAIN, as with servers. */
  driver(options?: MemoryClientOptions): Driver;
  /** What `driver()` is built on, for a harness that stands between drivers and the engines. */
  transport(credentials?: Credentials): Transport;
  readonly clock: Clock;
  readonly shards: number;
  /** The shard that serves the slot of a key now, from 0; undefined after `dropSlot`. */
  shardOf(key: string): number | undefined;
  /** What all primaries hold, and what was called on all nodes. */
  inspect(): Inspection;
  /** Removes all keys. */
  flush(): void;
  /** As it was made: no keys, users and scripts, every slot and primary at its first place, every connection ended. */
  reset(): void;
  /** Lets calls fail, whichever node they go to; see `MemoryRedis.fail`. */
  fail(failure: ScriptedFailure): () => void;
  /** What can happen to one shard's primary and its connections. */
  faults(shard: number): MemoryFaults;
  /** Starts to move the slot of a key to another shard: by default the next one. */
  moveSlot(key: string, toShard?: number): MemorySlotMove;
  /** Nobody serves the slot of a key (CLUSTERDOWN) until the function it gives is called. */
  dropSlot(key: string): () => void;
  /**
   * A shard's primary dies, and its replica takes over at another address: it has not seen the last `lose` writes, knows no
   * scripts, and every connection to the old one is lost. That comes back as a replica, unless the next failover needs it.
   * Throws TypeError without replicas, InvalidArgumentError for more than `replicaLag`.
   */
  failOver(shard: number, options?: { readonly lose?: number }): void;
  /** `failOver` of one shard after another, as the simulator calls it; undefined without replicas. */
  readonly failover?: ((options?: { readonly lose?: number }) => void) | undefined;
  /**
   * Ends it and every connection to it. Repeatable. What would bring it back, and new drivers, throw `ClosedError`; drivers that
   * are there find no connection any more.
   */
  close(): void;
}
