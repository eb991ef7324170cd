export type { ClusterAdapterBase } from './socket-io/cluster-adapter.js';
export {
  createSocketIoAdapter,
  type SocketIoAdapter,
  type SocketIoOptions,
} from './socket-io/socket-io-adapter.js';
