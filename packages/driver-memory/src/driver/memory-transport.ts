import { ConnectionError, isPenknifeError } from '@penknife/core';
import type { SharedConnection, Transport } from '@penknife/core/driver-kit';
import { openLaneConnection } from './lane-connection.js';
import { MemorySharedConnection } from './shared-connection.js';
import { openSubscriberConnection } from './subscriber-connection.js';
import type { Credentials, World } from './world.js';

/** The transport to an engine in the process: one node, no network, answers at once. */
export function createMemoryTransport(world: World, credentials?: Credentials): Transport {
  return {
    topology: 'single',
    // Its `callNow` comes and goes with pauses, which the optional method of the interface cannot say.
    open: (events) => new MemorySharedConnection(world, events, credentials) as SharedConnection,
    openLane: async () => openLaneConnection(world, credentials),
    openLanes: async () => [openLaneConnection(world, credentials)],
    openSubscriber: async (_key, events) => openSubscriberConnection(world, events, credentials),
    nodeOf: async () => 'memory',
    translate: (error) =>
      isPenknifeError(error)
        ? error
        : new ConnectionError('the engine failed', { sent: 'maybe', cause: error }),
  };
}
