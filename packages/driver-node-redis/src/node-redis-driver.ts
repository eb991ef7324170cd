import {
  checkObject,
  cryptoRandom,
  type Driver,
  InvalidArgumentError,
  systemClock,
  UnsupportedError,
} from '@penknife/core';
import {
  createClientTransport,
  createClusterTransport,
  createDriver,
  type DriverOptions,
  type Transport,
  type TransportParts,
} from '@penknife/core/driver-kit';
import { clusterAdapter, singleAdapter } from './adapters.js';
import type {
  ClientOptions,
  ClusterClient,
  NodeRedisClient,
  SentinelClient,
  SingleClient,
} from './client-types.js';
import { sentinelAdapter } from './sentinel-adapter.js';

/**
 * A driver for what a node-redis client (redis 5 or 6) connects to. The client is a recipe: the driver opens its own
 * connections with the client's options and never uses, changes or closes the client, which need not be connected.
 * Throws `InvalidArgumentError` or `UnsupportedError` for clients and options it could not keep its promises with.
 */
export function createNodeRedisDriver(client: NodeRedisClient, options: DriverOptions = {}): Driver {
  checkObject('options', options);
  const { clock = systemClock, random = cryptoRandom } = options;
  return createDriver(transportFor(client, { clock, random }), { ...options, clock, random });
}

function transportFor(client: object, parts: TransportParts): Transport {
  if (isCluster(client)) {
    refuseUnfit(client._options);
    refuseUnfit(client._options.defaults);
    return createClusterTransport(clusterAdapter(client), parts);
  }
  if (isSingle(client)) {
    refuseUnfit(client.options);
    return createClientTransport(singleAdapter(client), 'single', parts);
  }
  if (isSentinel(client)) {
    refuseUnfit({ keyPrefix: client._keyPrefix });
    return createClientTransport(sentinelAdapter(client), 'sentinel', parts);
  }
  if (has(client, 'nodeClient')) {
    throw new UnsupportedError(
      'a client of createCluster of redis before 5.1.1 is not supported: it does not tell its options; update redis',
    );
  }
  if (has(client, 'getSentinelNode')) {
    throw new UnsupportedError(
      'a client of createSentinel of redis 5 is not supported: it cannot be duplicated; that of redis 6 can',
    );
  }
  if (has(client, 'execute')) {
    throw new UnsupportedError(
      'a pool (createClientPool) is not supported: hand over a client of createClient, the driver opens connections itself',
    );
  }
  throw new InvalidArgumentError(
    'client',
    'must be made by createClient or createCluster of redis 5 or 6, or createSentinel of redis 6 (not its legacy() interface)',
    client,
  );
}

/** Options under which the same command would mean something else than on other drivers. */
function refuseUnfit(options: ClientOptions | undefined): void {
  if (options?.keyPrefix) {
    throw new InvalidArgumentError(
      'the client option keyPrefix',
      'must not be set: it would prefix some keys and not others; namespaces are an option of each pattern',
      options.keyPrefix,
    );
  }
  if (options?.legacyMode) {
    throw new InvalidArgumentError('the client option legacyMode', 'must not be set', options.legacyMode);
  }
  if (options?.readonly) {
    throw new InvalidArgumentError(
      'the client option readonly',
      'must not be set: the driver talks to primaries',
      options.readonly,
    );
  }
}

function isCluster(client: object): client is ClusterClient {
  return has(client, 'nodeClient', 'duplicate') && Reflect.get(client, '_options') !== undefined;
}

function isSentinel(client: object): client is SentinelClient {
  return has(client, 'getSentinelNode', '_execute', 'duplicate');
}

function isSingle(client: object): client is SingleClient {
  return (
    has(client, 'duplicate', 'sendCommand', 'withTypeMapping', 'sSubscribe', 'multi') &&
    !has(client, 'use') &&
    !has(client, 'nodeClient')
  );
}

function has(value: unknown, ...methods: string[]): value is object {
  if (typeof value !== 'object' || value === null) return false;
  return methods.every((method) => typeof Reflect.get(value, method) === 'function');
}
