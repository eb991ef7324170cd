import { ConnectionError, slotOf } from '@penknife/core';
import type { Transport, WireArg } from '@penknife/core/driver-kit';
import type { ClusterClient, NodeClient } from './client-types.js';
import { openClusterConnection } from './cluster-connection.js';
import { createClusterMap } from './cluster-map.js';
import { openLaneConnection } from './lane-connection.js';
import { connectingOnce } from './own-options.js';
import { openSubscriberConnection } from './subscriber-connection.js';
import { translateError } from './translate-error.js';

/** A transport to a cluster: the recipe's duplicates find out who serves what, connections of our own talk to the nodes. */
export function createClusterTransport(recipe: ClusterClient): Transport {
  const map = createClusterMap(recipe);

  function primaryOf(key: WireArg): string {
    const name = map.primaryOf(key);
    if (name === undefined) {
      throw new ConnectionError(`no primary serves slot ${slotOf(key)}`, { sent: 'no' });
    }
    return name;
  }

  function once(node: string): NodeClient {
    return map.client(node, connectingOnce);
  }

  /** Opens a connection to the key's primary, or to the first primary that can be reached. */
  async function openTo<T>(key: WireArg | undefined, open: (node: string) => Promise<T>): Promise<T> {
    await map.refresh();
    if (key !== undefined) return open(primaryOf(key));
    let failure: unknown = new ConnectionError('the cluster has no primary', { sent: 'no' });
    for (const node of map.primaries()) {
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
    open: (events) => openClusterConnection(map, events),
    openLane: (key) => openTo(key, (node) => openLaneConnection(once(node))),
    async openLanes() {
      await map.refresh();
      const opening = await Promise.allSettled(map.primaries().map((node) => openLaneConnection(once(node))));
      const opened = opening.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
      const failed = opening.find((each) => each.status === 'rejected');
      if (failed === undefined) return opened;
      for (const lane of opened) lane.close();
      throw failed.reason;
    },
    openSubscriber: (key, events) =>
      openTo(key, (node) => openSubscriberConnection(once(node), node, events)),
    async nodeOf(key, refresh) {
      if (refresh || map.primaries().length === 0) await map.refresh();
      return primaryOf(key);
    },
    translate: translateError,
  };
}
