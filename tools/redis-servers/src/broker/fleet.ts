import { healthyTopology, topologyText } from '../cluster-topology.js';
import { eventually } from '../eventually.js';
import { withClient } from '../resp-client.js';
import type { ServerNode } from '../server-node.js';
import { startCluster } from '../start-cluster.js';
import { sentinelSees, startSentinel } from '../start-sentinel.js';
import { startServer } from '../start-server.js';
import type { FleetDescription, LeaseRequest, NodeDescription } from './protocol.js';
import { type NodeBaseline, readBaseline, resetNode } from './reset-node.js';

/** Servers that are leased, handed back and stopped together. */
export interface Fleet {
  readonly nodes: readonly ServerNode[];
  describe(): FleetDescription;
  /** Makes it as new for the next lessee; false when it must be replaced. */
  reset(): Promise<boolean>;
  stop(): Promise<void>;
}

const settleMs = 3000;

function describeNode(node: ServerNode, role: NodeDescription['role']): NodeDescription {
  const { host, port, url, socketPath, pid, tls } = node;
  return { host, port, url, socketPath, pid, role, ...(tls && { tls }) };
}

async function resetAll(nodes: readonly ServerNode[], baselines: readonly NodeBaseline[]): Promise<boolean> {
  const results = await Promise.all(nodes.map((node, index) => resetNode(node, baselines[index]!)));
  return results.every(Boolean);
}

/** A resumed node may need a moment to be seen as healthy again; longer than three seconds means replacing. */
function settles(what: string, check: () => Promise<boolean>): Promise<boolean> {
  return eventually(what, check, settleMs).then(
    () => true,
    () => false,
  );
}

async function serverFleet(request: Extract<LeaseRequest, { kind: 'server' }>): Promise<Fleet> {
  const node = await startServer(request.options);
  const baseline = await readBaseline(node);
  return {
    nodes: [node],
    describe: () => ({ nodes: [describeNode(node, 'server')] }),
    reset: () => resetNode(node, baseline),
    stop: () => node.stop(),
  };
}

async function clusterFleet(request: Extract<LeaseRequest, { kind: 'cluster' }>): Promise<Fleet> {
  const cluster = await startCluster(request.options);
  const { nodes } = cluster;
  const topology = topologyText(nodes.map(({ member }) => member).sort((a, b) => a.port - b.port));
  const baselines = await Promise.all(nodes.map(readBaseline));
  const asStarted = (node: ServerNode): Promise<boolean> =>
    withClient(node.port, async (client) => {
      const members = await healthyTopology(client);
      return members !== undefined && topologyText(members) === topology;
    });
  return {
    nodes,
    describe: () => ({
      nodes: nodes.map((node) => ({ ...describeNode(node, node.member.role), member: node.member })),
    }),
    async reset() {
      if (nodes.some((node) => !node.running)) return false;
      await Promise.all(nodes.map((node) => node.resume()));
      const healthy = await settles('the cluster is as it was started', async () =>
        (await Promise.all(nodes.map(asStarted))).every(Boolean),
      );
      return healthy && (await resetAll(nodes, baselines));
    },
    stop: () => cluster.stop(),
  };
}

async function sentinelFleet(request: Extract<LeaseRequest, { kind: 'sentinel' }>): Promise<Fleet> {
  const set = await startSentinel(request.options);
  const dataNodes = [set.primary, ...set.replicas];
  const nodes = [...dataNodes, ...set.sentinels];
  const roles = nodes.map((node) =>
    node === set.primary ? 'primary' : set.replicas.includes(node) ? 'replica' : 'sentinel',
  );
  const baselines = await Promise.all(dataNodes.map(readBaseline));
  return {
    nodes,
    describe: () => ({
      primaryName: set.primaryName,
      nodes: nodes.map((node, index) => describeNode(node, roles[index]!)),
    }),
    async reset() {
      if (nodes.some((node) => !node.running)) return false;
      await Promise.all(nodes.map((node) => node.resume()));
      const healthy = await settles('the sentinels see what was started', () => sentinelSees(set));
      return healthy && (await resetAll(dataNodes, baselines));
    },
    stop: () => set.stop(),
  };
}

/** Starts what a request asks for. */
export function startFleet(request: LeaseRequest): Promise<Fleet> {
  if (request.kind === 'cluster') return clusterFleet(request);
  if (request.kind === 'sentinel') return sentinelFleet(request);
  return serverFleet(request);
}
