import { ConnectionError, isPenknifeError } from '@penknife/core';
import type { LaneConnection, SharedConnection, Transport, WireArg } from '@penknife/core/driver-kit';
import { openLaneConnection } from '../driver/lane-connection.js';
import { openSubscriberConnection } from '../driver/subscriber-connection.js';
import type { Credentials } from '../driver/world.js';
import { addressOf, type ClusterNode } from './node.js';
import { type ClusterView, SharedClusterConnection } from './shared-cluster-connection.js';

/** The transport to a cluster in the process: answers at once, and knows of every change when it happens. */
export function createClusterTransport(view: ClusterView, credentials?: Credentials): Transport {
  /** Throws ConnectionError when nobody serves the key; without one, the first primary that takes connections. */
  function primaryFor(key: WireArg | undefined): ClusterNode {
    const primaries = view.primaries();
    const found =
      key === undefined
        ? (primaries.find(({ world }) => world.state !== 'down') ?? primaries[0])
        : view.ownerOf(key);
    if (found !== undefined) return found;
    throw new ConnectionError(`nobody serves the slot of ${String(key)}`, { sent: 'no' });
  }

  return {
    topology: 'cluster',
    // Its `callNow` comes and goes with pauses, which the optional method of the interface cannot say.
    open: (events) => new SharedClusterConnection(view, events, credentials) as SharedConnection,
    openLane: async (key) => openLaneConnection(primaryFor(key).world, credentials),
    async openLanes() {
      const lanes: LaneConnection[] = [];
      try {
        for (const { world } of view.primaries()) lanes.push(openLaneConnection(world, credentials));
      } catch (error) {
        // All of them or none.
        for (const lane of lanes) lane.close();
        throw error;
      }
      return lanes;
    },
    async openSubscriber(key, events) {
      const node = primaryFor(key);
      return { ...openSubscriberConnection(node.world, events, credentials), node: addressOf(node) };
    },
    nodeOf: async (key) => addressOf(primaryFor(key)),
    translate: (error) =>
      isPenknifeError(error)
        ? error
        : new ConnectionError('the engine failed', { sent: 'maybe', cause: error }),
  };
}
