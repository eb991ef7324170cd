/// <reference types="node" preserve="true" />
/// <reference lib="esnext.disposable" preserve="true" />
export type {
  ClientAdapter,
  ClientConnection,
  ConnectionEvents,
  ConnectionPurpose,
  ServerAddress,
} from './kit/client/client-adapter.js';
export { createClientTransport, type TransportParts } from './kit/client/client-transport.js';
export { notConnected } from './kit/client/not-connected.js';
export { StreamSubscriber, type SubscriberStream } from './kit/client/stream-subscriber.js';
export { letWriteTogether, writeTogether } from './kit/client/write-together.js';
export type { ClusterAdapter } from './kit/cluster/cluster-adapter.js';
export { createClusterTransport } from './kit/cluster/cluster-transport.js';
export { createDriver, type DriverOptions } from './kit/create-driver.js';
export type {
  LaneConnection,
  SharedConnection,
  SubscriberConnection,
  SubscriberEvents,
  Transport,
  WireArg,
  WireCall,
  WireSender,
} from './kit/transport.js';
