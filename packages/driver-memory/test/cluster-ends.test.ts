import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createManualClock, cryptoRandom, type Driver } from '@penknife/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type ClusterNode, createNode } from '../src/cluster/node.js';
import { SharedClusterConnection } from '../src/cluster/shared-cluster-connection.js';
import { ScriptedFailures } from '../src/driver/scripted-failures.js';
import { createMemoryRedis, type MemoryCluster } from '../src/index.js';
import { startServer } from '../src/server/index.js';
import { engineForTest } from './replay.js';

let cluster: MemoryCluster;
let driver: Driver;
beforeEach(() => {
  cluster = createMemoryRedis({ clock: createManualClock(), seed: 1, cluster: { shards: 3 } });
  driver = cluster.driver();
});
afterEach(async () => {
  await driver.close();
  cluster.close();
});

test('a closed cluster stays closed', async () => {
  const faults = cluster.faults(0);
  cluster.close();
  cluster.close();
  for (const act of [
    () => cluster.driver(),
    () => cluster.transport(),
    () => cluster.reset(),
    () => cluster.failOver(0),
    () => cluster.failover?.(),
  ])
    expect(act).toThrow('the cluster is closed');
  expect(() => faults.restore()).toThrow('the engine is closed');
  expect(() => cluster.faults(0).restore()).toThrow('the engine is closed');
  await expect(driver.openLane()).rejects.toMatchObject({ code: 'CONNECTION', sent: 'no' });
  await expect(startServer(cluster as never)).rejects.toThrow('no door leads to');
});

test('lanes to all primaries: all of them or none', async () => {
  cluster.faults(1).refuse();
  const before = cluster.inspect().connections;
  for (let turn = 0; turn < 3; turn++)
    await expect(driver.nodes()).rejects.toMatchObject({ code: 'CONNECTION', sent: 'no' });
  expect(cluster.inspect().connections).toBe(before);
  cluster.faults(1).restore();
  expect(await driver.nodes()).toHaveLength(3);
});

describe('the nodes of a cluster that was reset', () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const node = (): ClusterNode =>
    createNode(engineForTest(1).engine, new ScriptedFailures(), cryptoRandom, { index: 0, shard: 0 });

  /** A connection to a node that has been replaced, and what is left of that. */
  function replaced(forgets: boolean): { kept: () => boolean } {
    let nodes = [node()];
    const view = { nodes: () => nodes, primaries: () => nodes, ownerOf: () => nodes[0] };
    const connection = new SharedClusterConnection(view, {
      changed: () => undefined,
      failed: () => undefined,
    });
    expect(connection.ready).toBe(true);
    const before = new WeakRef(nodes[0] as ClusterNode);
    nodes = [node()];
    if (forgets) expect(connection.ready).toBe(true);
    return {
      kept() {
        collect();
        return before.deref() !== undefined && connection !== undefined;
      },
    };
  }

  test('are held by no driver', async () => {
    const { kept } = replaced(true);
    // What a WeakRef has given stays until the turn is over.
    await new Promise((resolve) => setImmediate(resolve));
    expect(kept()).toBe(false);
  });

  test('planted bug: one that is held is seen', async () => {
    const { kept } = replaced(false);
    await new Promise((resolve) => setImmediate(resolve));
    expect(kept()).toBe(true);
  });
});
