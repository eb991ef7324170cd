import type { Clock } from '@penknife/core';
import type { LaneConnection } from '@penknife/core/driver-kit';
import type { SingleClient } from './client-types.js';
import { openNode } from './node-connection.js';
import { send, sendTransaction } from './wire-sender.js';

/** Opens a lane to the server `recipe` names. */
export async function openLaneConnection(recipe: SingleClient, clock: Clock): Promise<LaneConnection> {
  const { client, id, lost, close } = await openNode(recipe, clock);
  return {
    id,
    lost,
    close,
    call: (call) => send(client, call),
    transaction: (calls) => sendTransaction(client, calls),
  };
}
