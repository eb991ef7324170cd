import { describe, expect, it } from 'vitest';
import { requireServers } from '../src/availability.js';
import { parseClusterNodes } from '../src/cluster-topology.js';
import { readPairs, withClient } from '../src/resp-client.js';
import { startCluster } from '../src/start-cluster.js';
import { startSentinel } from '../src/start-sentinel.js';

describe.skipIf(!(await requireServers()))('topologies', () => {
  it.concurrent('a cluster covers every slot and gives each primary a replica', async () => {
    await using cluster = await startCluster();
    const primaries = cluster.nodes.filter((node) => node.member.role === 'primary');
    const replicas = cluster.nodes.filter((node) => node.member.role === 'replica');
    const covered = primaries
      .flatMap((node) => node.member.slots)
      .reduce((sum, [first, last]) => sum + last - first + 1, 0);
    expect(covered).toBe(16_384);
    expect(new Set(replicas.map((node) => node.member.primaryId))).toEqual(
      new Set(primaries.map((node) => node.member.id)),
    );
    const states = await Promise.all(
      cluster.nodes.map((node) => withClient(node.port, (client) => client.command('CLUSTER', 'INFO'))),
    );
    for (const state of states) {
      expect(state).toContain('cluster_state:ok');
      expect(state).toContain('cluster_slots_ok:16384');
    }
    await cluster.nodes[5]!.kill();
    await cluster.nodes[5]!.restart();
    const id = await withClient(cluster.nodes[5]!.port, (client) => client.command('CLUSTER', 'MYID'));
    expect(id).toBe(cluster.nodes[5]!.member.id);
  });

  it.concurrent('every sentinel knows the primary, both replicas and the other sentinels', async () => {
    await using set = await startSentinel();
    for (const sentinel of set.sentinels) {
      const seen = await withClient(sentinel.port, async (client) =>
        readPairs(await client.command('SENTINEL', 'MASTER', set.primaryName)),
      );
      expect(seen.get('port')).toBe(String(set.primary.port));
      expect(seen.get('num-slaves')).toBe('2');
      expect(seen.get('num-other-sentinels')).toBe('2');
    }
  });
});

describe('parseClusterNodes', () => {
  const line = (id: string, port: number, rest: string): string =>
    `${id} 127.0.0.1:${port}@${port + 10000} ${rest}`;

  it('reads roles, slots and health, and sorts by port', () => {
    const text = [
      line('b', 7001, 'slave a 0 1 1 connected'),
      line('a', 7000, 'myself,master - 0 0 1 connected 0-5 9'),
      line('c', 7002, 'master,fail - 0 0 2 disconnected'),
      line('d', 7003, 'master - 0 0 3 connected 10-11 [10->-a]'),
    ].join('\n');
    expect(parseClusterNodes(text)).toEqual([
      {
        id: 'a',
        port: 7000,
        role: 'primary',
        slots: [
          [0, 5],
          [9, 9],
        ],
        healthy: true,
      },
      { id: 'b', port: 7001, role: 'replica', primaryId: 'a', slots: [], healthy: true },
      { id: 'c', port: 7002, role: 'primary', slots: [], healthy: false },
      { id: 'd', port: 7003, role: 'primary', slots: [[10, 11]], healthy: false },
    ]);
  });
});
