import type { Clock, RandomSource } from '@penknife/core';
import type { SharedConnection, Transport } from '@penknife/core/driver-kit';
import type { SingleClient } from './client-types.js';
import { openLaneConnection } from './lane-connection.js';
import { closing, destroy, ownOptions, reconnecting } from './own-client.js';
import { openSubscriberConnection } from './subscriber-connection.js';
import { translateError } from './translate-error.js';
import { send, sendTransaction } from './wire-sender.js';

/** Where time and chance of a transport come from. */
export interface TransportParts {
  readonly clock: Clock;
  readonly random: RandomSource;
}

type Events = Parameters<Transport['open']>[0];
const node = 'the server';

/** The way to one server, named by a client of `createClient`. */
export function createSingleTransport(recipe: SingleClient, { clock, random }: TransportParts): Transport {
  return {
    topology: 'single',
    open: (events) => openShared(recipe, random, events),
    openLane: () => openLaneConnection(recipe, clock),
    openLanes: async () => [await openLaneConnection(recipe, clock)],
    openSubscriber: (_key, events) => openSubscriberConnection(recipe, node, events, clock),
    nodeOf: async () => node,
    translate: translateError,
  };
}

function openShared(recipe: SingleClient, random: RandomSource, events: Events): SharedConnection {
  let closed = false;
  const socket = recipe.options?.socket;
  const client = recipe.duplicate({
    ...ownOptions,
    socket: { ...socket, reconnectStrategy: reconnecting(socket, random, () => closed) },
  });
  const close = closing(client);
  let ready = false;
  const update = (): void => {
    if (client.isReady === ready) return;
    ready = client.isReady;
    events.changed();
  };
  client.on('ready', update);
  client.on('end', update);
  client.on('error', (error) => {
    update();
    if (!closed) events.failed(error);
  });
  client.connect().catch((error) => {
    destroy(client);
    if (!closed) events.failed(error);
  });
  return {
    get ready() {
      return client.isReady;
    },
    call: (call) => send(client, call),
    transaction: (calls) => sendTransaction(client, calls),
    close() {
      closed = true;
      close();
    },
  };
}
