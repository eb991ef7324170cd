import { checkObject, cryptoRandom, type Driver, InvalidArgumentError, systemClock } from '@penknife/core';
import {
  createClientTransport,
  createClusterTransport,
  createDriver,
  type DriverOptions,
} from '@penknife/core/driver-kit';
import { clusterAdapter, singleAdapter } from './adapters.js';
import { type IoredisClient, isClusterClient, type NodeClient } from './client-types.js';

/**
 * A driver over ioredis (5.4 and later, 6). The client is a recipe: where to connect and how. It is duplicated, never used,
 * changed or closed, and need not be connected. Nothing connects before the first call. Throws `InvalidArgumentError` for
 * what is no ioredis client, and for options that cannot be kept: `keyPrefix`, and `role: 'slave'` with sentinels.
 */
export function createIoredisDriver(client: IoredisClient, options: DriverOptions = {}): Driver {
  checkObject('options', options);
  if (!isIoredis(client)) {
    throw new InvalidArgumentError('client', 'must be a Redis or a Cluster of ioredis 5.4 or later', client);
  }
  const { clock = systemClock, random = cryptoRandom } = options;
  const parts = { clock, random };
  if (isClusterClient(client)) {
    refusePrefix('keyPrefix', client.options.keyPrefix);
    refusePrefix('redisOptions.keyPrefix', client.options.redisOptions?.keyPrefix);
    return createDriver(createClusterTransport(clusterAdapter(client), parts), options);
  }
  refusePrefix('keyPrefix', client.options.keyPrefix);
  refuseReplicas(client);
  const topology = client.options.sentinels ? 'sentinel' : 'single';
  return createDriver(createClientTransport(singleAdapter(client), topology, parts), options);
}

function isIoredis(client: unknown): client is IoredisClient {
  if (typeof client !== 'object' || client === null) return false;
  const { isCluster, options, duplicate, callBuffer, nodes } = client as Record<string, unknown>;
  if (typeof options !== 'object' || options === null) return false;
  if (typeof duplicate !== 'function' || typeof callBuffer !== 'function') return false;
  return isCluster === false || (isCluster === true && typeof nodes === 'function');
}

/** The client would put it before the names it knows for keys and leave it out elsewhere: no two clients agree. */
function refusePrefix(option: string, value: string | undefined): void {
  if (value) {
    throw new InvalidArgumentError(
      `client option ${option}`,
      'must be empty; use a namespace of the pattern',
      value,
    );
  }
}

function refuseReplicas({ options }: NodeClient): void {
  if (options.sentinels && options.role === 'slave') {
    throw new InvalidArgumentError(
      'client option role',
      'must be master: reads go to primaries',
      options.role,
    );
  }
}
