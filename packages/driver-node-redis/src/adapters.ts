import type {
  ClientAdapter,
  ClusterAdapter,
  ConnectionPurpose,
  ServerAddress,
} from '@penknife/core/driver-kit';
import type { ClientOptions, ClusterClient, ClusterNode, SingleClient } from './client-types.js';
import { connectionOf } from './connection.js';
import { connectTimeoutOf, ownOptions, reconnectMs } from './own-options.js';
import { shapeReply } from './reply-shape.js';
import { translateError } from './translate-error.js';

/** The way to one server, named by a client of `createClient`. */
export function singleAdapter(recipe: SingleClient): ClientAdapter {
  const socket = recipe.options?.socket;
  return {
    open(purpose, events) {
      const client = recipe.duplicate(ownOptions(purpose, socket));
      return connectionOf(client, client.connect(), events);
    },
    shape: shapeReply,
    translate: translateError,
    connectTimeoutMs: connectTimeoutOf(socket),
    reconnectMs: (attempt, cause) => reconnectMs(socket, attempt, cause),
  };
}

/** The way to the nodes of a cluster, named by a client of `createCluster`, which here only makes clients for addresses. */
export function clusterAdapter(recipe: ClusterClient): ClusterAdapter {
  const { defaults, rootNodes } = recipe._options;
  const makers = new Map<ConnectionPurpose, ClusterClient>();

  /** A duplicate that never connects, yet makes clients with our options and the owner's `nodeAddressMap`. */
  function maker(purpose: ConnectionPurpose): ClusterClient {
    let made = makers.get(purpose);
    if (made === undefined) {
      const options = ownOptions(purpose, defaults?.socket);
      made = recipe.duplicate({ ...options, useReplicas: false, defaults: { ...defaults, ...options } });
      makers.set(purpose, made);
    }
    return made;
  }

  return {
    seeds: () => rootNodes.map(addressOf),
    open(purpose, events, address) {
      const node: ClusterNode = { ...address, address: `${address?.host}:${address?.port}`, readonly: false };
      const connecting = maker(purpose).nodeClient(node);
      return connectionOf(node.client as SingleClient, connecting, events);
    },
    shape: shapeReply,
    translate: translateError,
    connectTimeoutMs: connectTimeoutOf(defaults?.socket),
    reconnectMs: (attempt, cause) => reconnectMs(defaults?.socket, attempt, cause),
  };
}

function addressOf({ url, socket }: ClientOptions): ServerAddress {
  const { hostname, port } = url === undefined ? { hostname: '', port: '' } : new URL(url);
  return {
    host: socket?.host ?? (hostname.replace(/^\[|\]$/g, '') || 'localhost'),
    port: socket?.port ?? (Number(port) || 6379),
  };
}
