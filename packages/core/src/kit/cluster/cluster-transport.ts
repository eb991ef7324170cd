import { ConnectionError } from '../../errors/connection-error.js';
import type { TransportParts } from '../client/client-transport.js';
import { openAll, openLane, openSubscriber } from '../client/open-connection.js';
import type { Transport, WireArg } from '../transport.js';
import type { ClusterAdapter, ClusterParts } from './cluster-adapter.js';
import { openClusterConnection } from './cluster-connection.js';
import { ClusterMap } from './cluster-map.js';
import { addressOf } from './slot-map.js';

/**
 * A transport to a cluster. The driver finds out by itself who serves what (CLUSTER SLOTS) and talks to each node over
 * connections of its own: clients differ in what they split, queue, follow and re-send, and none tells what it did.
 */
export function createClusterTransport(adapter: ClusterAdapter, transportParts: TransportParts): Transport {
  const parts: ClusterParts = { ...transportParts, adapter };
  const map = new ClusterMap(parts);

  /** Opens a connection to the key's primary, or to the first primary that can be reached. */
  async function openTo<T>(key: WireArg | undefined, open: (node: string) => Promise<T>): Promise<T> {
    await map.refresh();
    if (key !== undefined) return open(map.primaryOf(key));
    let failure: unknown = new ConnectionError('the cluster has no primary', { sent: 'no' });
    for (const node of map.slots.primaries) {
      try {
        return await open(node);
      } catch (error) {
        failure = error;
      }
    }
    throw failure;
  }

  return {
    topology: 'cluster',
    silenceMs: adapter.connectTimeoutMs,
    open: (events) => openClusterConnection(map, parts, events),
    openLane: (key) => openTo(key, (node) => openLane(parts, addressOf(node))),
    async openLanes() {
      await map.refresh();
      return openAll(parts, [...map.slots.primaries].sort().map(addressOf));
    },
    openSubscriber: (key, events) =>
      openTo(key, (node) => openSubscriber(parts, node, addressOf(node), events)),
    async nodeOf(key, refresh) {
      if (refresh || map.slots.primaries.length === 0) await map.refresh();
      return map.primaryOf(key);
    },
    shape: adapter.shape,
    translate: (error) => adapter.translate(error),
  };
}
