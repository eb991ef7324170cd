import type { Clock } from '../../contract/clock.js';
import type { RandomSource } from '../../contract/random.js';
import type { SharedConnection, Transport } from '../transport.js';
import type { ClientAdapter } from './client-adapter.js';
import { openLane, openSubscriber } from './open-connection.js';
import { openReconnecting } from './reconnecting.js';

/** Where time and chance of a transport come from. */
export interface TransportParts {
  readonly clock: Clock;
  readonly random: RandomSource;
}

/** The one server's name. */
const node = 'the server';

/** A transport to one server, or to whichever server is the primary where the client asks sentinels for it. */
export function createClientTransport(
  adapter: ClientAdapter,
  topology: 'single' | 'sentinel',
  { clock, random }: TransportParts,
): Transport {
  const parts = { adapter, clock };

  function open(events: Parameters<Transport['open']>[0]): SharedConnection {
    const shared = openReconnecting({ ...parts, random, events, address: undefined, name: node });
    // A primary that was demoted answers READONLY: who it is now is asked when connecting.
    const demoted = (error: unknown): never => {
      if (adapter.translate(error).code === 'READONLY') shared.renew(error);
      throw error;
    };
    return {
      get ready() {
        return shared.ready;
      },
      call: topology === 'single' ? shared.call : (call) => shared.call(call).catch(demoted),
      transaction:
        topology === 'single' ? shared.transaction : (calls) => shared.transaction(calls).catch(demoted),
      doubt: shared.doubt,
      close() {
        shared.close();
        adapter.close?.();
      },
    };
  }

  return {
    topology,
    silenceMs: adapter.connectTimeoutMs,
    open,
    openLane: () => openLane(parts, undefined),
    openLanes: async () => [await openLane(parts, undefined)],
    openSubscriber: (_key, events) => openSubscriber(parts, node, undefined, events),
    nodeOf: async () => node,
    shape: adapter.shape,
    translate: (error) => adapter.translate(error),
  };
}
