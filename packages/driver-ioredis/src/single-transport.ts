import type { LaneConnection, Transport } from '@penknife/core/driver-kit';
import type { NodeClient } from './client-types.js';
import { openLaneConnection } from './lane-connection.js';
import { connectingOnce, reconnecting } from './own-options.js';
import { openSharedConnection } from './shared-connection.js';
import { openSubscriberConnection } from './subscriber-connection.js';
import { translateError } from './translate-error.js';

/** The one server's name. */
const server = 'server';

/** A transport to one server, or to whichever server the recipe's sentinels call the primary. */
export function createSingleTransport(recipe: NodeClient): Transport {
  const openLane = (): Promise<LaneConnection> =>
    openLaneConnection(recipe.duplicate(connectingOnce(recipe)));
  return {
    topology: recipe.options.sentinels ? 'sentinel' : 'single',
    open: (events) => openSharedConnection(recipe.duplicate(reconnecting(recipe)), events),
    openLane,
    openLanes: async () => [await openLane()],
    openSubscriber: (_key, events) =>
      openSubscriberConnection(recipe.duplicate(connectingOnce(recipe)), server, events),
    nodeOf: () => Promise.resolve(server),
    translate: translateError,
  };
}
