/// <reference lib="esnext.disposable" preserve="true" />
export type {
  ClientStream,
  ClusterClient,
  ClusterClientOptions,
  IoredisClient,
  NatMap,
  NodeClient,
  NodeClientOptions,
} from './client-types.js';
export { createIoredisDriver } from './ioredis-driver.js';
