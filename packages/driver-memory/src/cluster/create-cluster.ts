import { type Clock, ClosedError, InvalidArgumentError, type RandomSource, slotOf } from '@penknife/core';
import { createDriver } from '@penknife/core/driver-kit';
import { createCommandTable } from '../commands/command-table.js';
import { checkClientOptions } from '../driver/client-options.js';
import { ScriptedFailures } from '../driver/scripted-failures.js';
import { resetCounters } from '../engine/command-entry.js';
import { Engine } from '../engine/engine.js';
import { ScriptCache } from '../engine/script-cache.js';
import type { ServerProfile } from '../engine/server-profile.js';
import { createFaults } from '../faults.js';
import { inspectEngine } from '../inspect.js';
import { checkedLose } from '../replication/lag.js';
import { clusterOptions, type MemoryClusterOptions } from './cluster-options.js';
import { createClusterTransport } from './cluster-transport.js';
import { memberOf } from './member.js';
import type { MemoryCluster } from './memory-cluster.js';
import { startMove } from './move-slot.js';
import { type ClusterNode, createNode } from './node.js';
import { Shard } from './shard.js';
import type { ClusterView } from './shared-cluster-connection.js';
import { SlotTable, slotCount } from './slot-table.js';

/** Where a cluster's time and chance come from; `randomFor(n)` is the n-th source of its seed. */
export interface ClusterParts {
  readonly clock: Clock;
  readonly profile: ServerProfile;
  randomFor(salt: number): RandomSource;
}

/** Salts of the nodes' chance, beyond those of drivers. */
const nodeSalt = 1_000_000;

/** Creates a cluster. Nothing is armed or connected until a driver is used. */
export function createCluster(
  options: MemoryClusterOptions,
  { clock, profile, randomFor }: ClusterParts,
): MemoryCluster {
  const { shards: count, replicaLag } = clusterOptions(options);
  const failures = new ScriptedFailures();
  const commands = createCommandTable(profile.compatibility);
  let drivers = 0;
  let turn = 0;
  let closed = false;
  let table = new SlotTable();
  let nodes: ClusterNode[] = [];
  let shards: Shard[] = [];

  function nodeFor(shard: number, index: number): ClusterNode {
    const random = randomFor(nodeSalt + index);
    const scripts = new ScriptCache(profile);
    const engine = new Engine({ clock, random, databases: 1, commands, scripts, profile });
    engine.config.set('cluster-enabled', 'yes');
    const node = createNode(engine, failures, random, { index, shard });
    nodes.push(node);
    return node;
  }

  function build(): void {
    table = new SlotTable();
    nodes = [];
    shards = [];
    for (let shard = 0; shard < count; shard++) {
      const primary = nodeFor(shard, shard);
      const replica = replicaLag === 0 ? undefined : nodeFor(shard, count + shard);
      shards.push(new Shard(table, primary, replica, replicaLag));
    }
    for (let slot = 0; slot < slotCount; slot++)
      table.give(slot, (shards[Math.floor((slot * count) / slotCount)] as Shard).primary);
    for (const node of nodes) node.engine.cluster = memberOf(node, nodes, table);
  }

  function shardAt(index: number): Shard {
    const shard = shards[index];
    if (shard === undefined)
      throw new InvalidArgumentError('shard', `must be a whole number from 0 to ${count - 1}`, index);
    return shard;
  }

  function refuseClosed(): void {
    if (closed) throw new ClosedError('cluster');
  }

  function failOver(shard: number, options: { readonly lose?: number } = {}): void {
    refuseClosed();
    const failing = shardAt(shard);
    if (replicaLag === 0) throw new TypeError('a cluster without replicas does not fail over');
    failing.failOver(checkedLose(options, replicaLag));
  }

  const view: ClusterView = {
    nodes: () => nodes,
    primaries: () => shards.map(({ primary }) => primary),
    ownerOf: (key) => table.ownerOf(slotOf(key)),
  };

  build();
  return {
    clock,
    shards: count,
    transport(credentials) {
      refuseClosed();
      return createClusterTransport(view, credentials);
    },
    driver(options = {}) {
      refuseClosed();
      checkClientOptions(options);
      const { credentials, ...driverOptions } = options;
      drivers++;
      const transport = createClusterTransport(view, credentials);
      return createDriver(transport, { random: randomFor(drivers), ...driverOptions, clock });
    },
    shardOf: (key) => table.ownerOf(slotOf(key))?.shard,
    inspect() {
      const primaries = shards.map(({ primary }) => inspectEngine(primary.engine));
      const all = nodes.map(({ engine }) => engine);
      return {
        keys: primaries.flatMap(({ keys }) => keys),
        // All nodes count in one table.
        commands: primaries[0]?.commands ?? {},
        connections: all.reduce((sum, { sessions }) => sum + sessions.size, 0),
        blocked: all.reduce((sum, { blocking }) => sum + blocking.count, 0),
      };
    },
    flush() {
      for (const { primary } of shards) primary.engine.flushAll();
    },
    reset() {
      refuseClosed();
      const before = nodes;
      drivers = 0;
      turn = 0;
      resetCounters(commands.values());
      for (const shard of shards) shard.close();
      build();
      for (const { world } of before) world.close();
    },
    fail: (failure) => failures.add(failure),
    faults: (shard) => createFaults(shardAt(shard).primary.world),
    moveSlot(key, toShard) {
      const slot = slotOf(key);
      const from = table.ownerOf(slot)?.shard ?? 0;
      return startMove(table, slot, shardAt(toShard ?? (from + 1) % count).primary);
    },
    dropSlot(key) {
      const slot = slotOf(key);
      const owner = table.ownerOf(slot);
      table.give(slot, undefined);
      return () => {
        if (table.ownerOf(slot) === undefined) table.give(slot, owner);
      };
    },
    failOver,
    failover: replicaLag === 0 ? undefined : (options) => failOver(turn++ % count, options),
    close() {
      closed = true;
      for (const shard of shards) shard.close();
      for (const { world } of nodes) world.close();
    },
  };
}
