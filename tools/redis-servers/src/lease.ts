import { type BrokerConnection, connectBroker } from './broker/broker-connection.js';
import type {
  BrokerAddress,
  ControlAction,
  FleetDescription,
  LeaseRequest,
  NodeDescription,
} from './broker/protocol.js';
import type { ClusterMember } from './cluster-topology.js';
import { findBroker } from './find-broker.js';
import type { ServerAddress, ServerControl } from './server-node.js';
import type { StartClusterOptions } from './start-cluster.js';
import type { StartSentinelOptions } from './start-sentinel.js';
import type { StartServerOptions } from './start-server.js';

/** A server that belongs to the broker: it can be killed, paused and restarted, but only the lease as a whole ends. */
export interface LeasedNode extends ServerAddress, ServerControl {
  readonly role: NodeDescription['role'];
}

/** Something leased, exclusively, until it is released (or this process ends). */
export interface Lease extends AsyncDisposable {
  /** Gives it back; the broker makes it as new or replaces it. May be called twice. */
  release(): Promise<void>;
}

/** A leased single server. */
export interface LeasedServer extends Lease {
  readonly node: LeasedNode;
}

/** A leased cluster, primaries first; `member` is each node's place when the lease began. */
export interface LeasedCluster extends Lease {
  readonly nodes: readonly (LeasedNode & { readonly member: ClusterMember })[];
}

/** A leased primary with replicas and sentinels; roles are those when the lease began. */
export interface LeasedSentinel extends Lease {
  readonly primaryName: string;
  readonly primary: LeasedNode;
  readonly replicas: readonly LeasedNode[];
  readonly sentinels: readonly LeasedNode[];
}

/** Which broker to ask; without it, the one of the running vitest. */
export interface BrokerChoice {
  readonly broker?: BrokerAddress;
}

function leasedNode(connection: BrokerConnection, description: NodeDescription, index: number): LeasedNode {
  let { pid } = description;
  async function control(action: ControlAction): Promise<void> {
    const after = (await connection.call({ method: 'control', node: index, action })) as { pid: number };
    pid = after.pid;
  }
  return {
    ...description,
    get pid() {
      return pid;
    },
    kill: () => control('kill'),
    pause: () => control('pause'),
    resume: () => control('resume'),
    restart: () => control('restart'),
  };
}

async function lease(
  request: LeaseRequest,
  broker: BrokerAddress | undefined,
): Promise<Lease & { fleet: FleetDescription; nodes: readonly LeasedNode[] }> {
  const connection = connectBroker(broker ?? (await findBroker()));
  try {
    const fleet = (await connection.call({ method: 'lease', request })) as FleetDescription;
    const nodes = fleet.nodes.map((node, index) => leasedNode(connection, node, index));
    let released = false;
    const release = async (): Promise<void> => {
      if (released) return;
      released = true;
      await connection.call({ method: 'release' });
      connection.close();
    };
    return { fleet, nodes, release, [Symbol.asyncDispose]: release };
  } catch (error) {
    connection.close();
    throw error;
  }
}

/** Leases a single server; for most tests `startServer()` is as quick and needs no broker. */
export async function leaseServer(options: StartServerOptions & BrokerChoice = {}): Promise<LeasedServer> {
  const { broker, ...wanted } = options;
  const { nodes, release } = await lease({ kind: 'server', options: wanted }, broker);
  return { node: nodes[0]!, release, [Symbol.asyncDispose]: release };
}

/**
 * Leases a cluster, empty and healthy, for this caller alone. The first lease of its options waits about 2.1 s for the
 * start, later ones a few milliseconds. Rejects with a `MissingServerError` when there is no server program.
 */
export async function leaseCluster(options: StartClusterOptions & BrokerChoice = {}): Promise<LeasedCluster> {
  const { broker, ...wanted } = options;
  const { fleet, nodes, release } = await lease({ kind: 'cluster', options: wanted }, broker);
  const members = nodes.map((node, index) => {
    const described = fleet.nodes[index]!;
    // Assigned onto the node itself: a copy would freeze its process id.
    return Object.assign(node, { member: described.member! });
  });
  return { nodes: members, release, [Symbol.asyncDispose]: release };
}

/** Leases a primary with replicas and sentinels, in the same way as `leaseCluster`. */
export async function leaseSentinel(
  options: StartSentinelOptions & BrokerChoice = {},
): Promise<LeasedSentinel> {
  const { broker, ...wanted } = options;
  const { fleet, nodes, release } = await lease({ kind: 'sentinel', options: wanted }, broker);
  const withRole = (role: LeasedNode['role']): LeasedNode[] => nodes.filter((node) => node.role === role);
  return {
    primaryName: fleet.primaryName!,
    primary: withRole('primary')[0]!,
    replicas: withRole('replica'),
    sentinels: withRole('sentinel'),
    release,
    [Symbol.asyncDispose]: release,
  };
}
