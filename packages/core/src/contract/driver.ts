import type { Clock } from './clock.js';
import type { Feed, FeedSink } from './feed.js';
import type { Lane } from './lane.js';
import type { RandomSource } from './random.js';
import type { Sender } from './sender.js';
import type { Topology, Traits } from './traits.js';

/**
 * What every pattern is handed: a way to one server, a cluster, or an engine in the process.
 * At most once: a command is never re-sent unless it is marked `repeatable`, and never runs after its caller was told
 * `sent: 'no'`. Reads go to primaries.
 */
export interface Driver extends Sender {
  /** Opens a connection of its own to the node that serves `key` (any primary without one). */
  openLane(options?: { readonly key?: string | Uint8Array }): Promise<Lane>;
  /** Opens a connection for subscriptions. Patterns share one per driver through `sharedFeed(driver)`. */
  openFeed(sink: FeedSink, options?: { readonly tracking?: readonly string[] }): Promise<Feed>;
  /** One lane per primary, for scans, CONFIG and the like. The caller closes them. */
  nodes(): Promise<readonly Lane[]>;
  /** What the servers can do. Asked once, forgotten on reconnect. */
  traits(): Promise<Traits>;
  /** How the servers are arranged, as the client handed over says. */
  readonly topology: Topology;
  readonly clock: Clock;
  readonly random: RandomSource;
  /** Closes what the driver opened, never the client it was given. Calls in flight reject with `ClosedError`. Repeatable. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}
