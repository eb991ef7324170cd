export { requireServers, serversAvailable } from './availability.js';
export type { BrokerAddress } from './broker/protocol.js';
export type { ClusterMember } from './cluster-topology.js';
export { fetchFlavour } from './debian/fetch-flavour.js';
export { type FindOptions, findBinary } from './find-binary.js';
export { type Flavour, flavours, type Product, parseFlavour } from './flavours.js';
export {
  type BrokerChoice,
  type Lease,
  type LeasedCluster,
  type LeasedNode,
  type LeasedSentinel,
  type LeasedServer,
  leaseCluster,
  leaseSentinel,
  leaseServer,
} from './lease.js';
export { RespClient, RespError, type RespValue, withClient } from './resp-client.js';
export { MissingServerError, type ServerBinary } from './server-binary.js';
export type { ServerAddress, ServerControl, ServerNode, TlsAddress } from './server-node.js';
export { type Cluster, type ClusterNode, type StartClusterOptions, startCluster } from './start-cluster.js';
export { type SentinelSet, type StartSentinelOptions, startSentinel } from './start-sentinel.js';
export { type StartServerOptions, startServer } from './start-server.js';
