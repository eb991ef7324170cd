import { type Clock, type FeedKind, reportListenerError } from '@penknife/core';
import type { SubscriberConnection, SubscriberEvents } from '@penknife/core/driver-kit';
import type { MessageListener, SingleClient } from './client-types.js';
import { openNode } from './node-connection.js';
import { offline } from './translate-error.js';

const verbs = {
  channel: ['subscribe', 'unsubscribe'],
  pattern: ['pSubscribe', 'pUnsubscribe'],
  shard: ['sSubscribe', 'sUnsubscribe'],
} as const;

/**
 * Opens a connection for subscriptions to the server `recipe` names. Nothing thrown by a listener reaches the client,
 * which would drop the rest of what it had read from the socket.
 */
export async function openSubscriberConnection(
  recipe: SingleClient,
  node: string,
  events: SubscriberEvents,
  clock: Clock,
): Promise<SubscriberConnection> {
  const { client, id, lost, close } = await openNode(recipe, clock);
  client.on('sharded-channel-moved', (channel) => guarded(() => events.unsubscribed(channel)));
  void lost.then((error) => guarded(() => events.lost(error)));

  function listener(kind: FeedKind, name: string): MessageListener {
    if (kind !== 'pattern') return (payload) => guarded(() => events.message(kind, name, payload));
    return (payload, channel) => guarded(() => events.message(kind, channel.toString(), payload, name));
  }

  return {
    node,
    id,
    close,
    async subscribe(kind, name) {
      // The client would keep it for a connection that never comes.
      if (!client.isReady) throw offline('the subscriber connection');
      await client[verbs[kind][0]](name, listener(kind, name), true);
    },
    async unsubscribe(kind, name) {
      if (!client.isReady) throw offline('the subscriber connection');
      await client[verbs[kind][1]](name);
    },
  };
}

function guarded(act: () => void): void {
  try {
    act();
  } catch (error) {
    reportListenerError(error);
  }
}
