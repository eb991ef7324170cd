import type { ClientAdapter, ServerAddress } from '../client/client-adapter.js';
import type { TransportParts } from '../client/client-transport.js';

/** A client for a cluster: its addresses are those that servers tell each other; translating them is the adapter's. */
export interface ClusterAdapter extends ClientAdapter {
  /** The nodes it was given to start with. */
  seeds(): readonly ServerAddress[] | Promise<readonly ServerAddress[]>;
}

/** What a cluster's transport is made of. */
export interface ClusterParts extends TransportParts {
  readonly adapter: ClusterAdapter;
}
