import type { Reply } from '../contract/command.js';
import type { FeedKind } from '../contract/feed.js';
import type { Topology } from '../contract/traits.js';
import type { PenknifeError } from '../errors/penknife-error.js';

/** An argument as clients take it: text or a Buffer. Numbers and `Uint8Array` are converted before they reach a transport. */
export type WireArg = string | Buffer;

/** One command on its way to a transport. */
export interface WireCall {
  readonly args: readonly WireArg[];
  /** Names the slot on a cluster; undefined: any primary. */
  readonly key: WireArg | undefined;
  /** Bulk strings of the reply as bytes (`Buffer`), not text. */
  readonly bytes: boolean;
}

/**
 * What writes commands. What comes back is the client's own: the driver hands replies to `Transport.shape`, errors to
 * `Transport.translate`, when it has them. No promise is made for that in between: this is the path of every command.
 */
export interface WireSender {
  /** Writes one command now. Never queues it for a later connection, never sends it twice. */
  call(call: WireCall): Promise<unknown>;
  /** MULTI, the calls, EXEC, in one piece on one connection. Null when a watched key changed. Rejects when EXEC did not run. */
  transaction(calls: readonly WireCall[]): Promise<readonly Reply[] | null>;
}

/** The shared connection of a driver: to a server, or to all nodes of a cluster. It reconnects by itself. */
export interface SharedConnection extends WireSender {
  /** True while a command written now goes straight to a server. */
  readonly ready: boolean;
  /** Answers at once, without I/O (an engine in the process): the driver then needs no deadline around the call. */
  readonly callNow?: ((call: WireCall) => Reply) | undefined;
  /**
   * A call for this key stayed unanswered until its deadline: when the server then says nothing at all any more, another
   * connection takes the place of this one.
   */
  doubt?(key: WireArg | undefined): void;
  /** Closes at once: commands in flight reject. Repeatable. */
  close(): void;
}

/** A connection to one node that never reconnects. */
export interface LaneConnection extends WireSender {
  /** The server's CLIENT ID of the connection. */
  readonly id: number;
  /** Resolves, once, when the connection drops without `close()` having been called; never rejects. */
  readonly lost: Promise<unknown>;
  /** Closes at once: commands in flight reject, a blocked one too. Repeatable. */
  close(): void;
}

/** A connection for subscriptions to one node that never reconnects. */
export interface SubscriberConnection {
  /** The node it is connected to, as `Transport.nodeOf` names it. */
  readonly node: string;
  readonly id: number;
  /**
   * Resolves after the server's acknowledgement; rejects with the client's error, and when the connection ends before it. Where
   * nothing is heard for `Transport.silenceMs` the feed closes the connection and opens another.
   */
  subscribe(kind: FeedKind, name: string): Promise<void>;
  unsubscribe(kind: FeedKind, name: string): Promise<void>;
  /** Several names with one command, where that can be; shard channels are all of one slot. Fails as a whole. */
  readonly subscribeAll?: ((kind: FeedKind, names: readonly string[]) => Promise<void>) | undefined;
  close(): void;
}

/** What a subscriber connection tells. */
export interface SubscriberEvents {
  /** `payload`: the message; an array or null on the tracking channel `__redis__:invalidate`. */
  message(
    kind: FeedKind,
    channel: string,
    payload: Uint8Array | readonly Uint8Array[] | null,
    pattern?: string,
  ): void;
  /** The server itself ended a shard subscription (its slot moved away). */
  unsubscribed(channel: string): void;
  /** The connection is gone; nothing follows. */
  lost(error: unknown): void;
}

/**
 * All that an adapter supplies. Validation, script fallback, deadlines, the gate, retries, lanes, feeds with their
 * re-subscription and gaps, and traits are built on it once, by `createDriver`.
 */
export interface Transport {
  readonly topology: Topology;
  /** How long a server may say nothing while a feed waits for its answer, in ms. Default 5000. */
  readonly silenceMs?: number;
  /** Opens the shared connection and starts connecting. `changed` is called after every change of `ready`, `failed` with every connection error. */
  open(events: { changed(): void; failed(error: unknown): void }): SharedConnection;
  /** Opens a lane to the primary that serves `key` (any without one); connected when it resolves. */
  openLane(key: WireArg | undefined): Promise<LaneConnection>;
  /** Opens a lane to every primary, in a stable order. */
  openLanes(): Promise<readonly LaneConnection[]>;
  /** Opens a subscriber connection to the primary that serves `key` (any node without one). */
  openSubscriber(key: string | undefined, events: SubscriberEvents): Promise<SubscriberConnection>;
  /**
   * The primary that serves a key now, by any stable name; a constant when there is one server.
   * `refresh`: what the client remembers of the cluster was wrong, ask the servers again.
   */
  nodeOf(key: string, refresh: boolean): Promise<string>;
  /**
   * Makes what `call` gave a reply in RESP2's shape, its strings as `bytes` or as text; an error inside an array becomes a
   * `ServerError` value. Absent where calls give just that. What `transaction` gives has been through it.
   */
  readonly shape?: ((reply: unknown, bytes: boolean) => Reply) | undefined;
  /** Turns a client's error into one of ours: a `ServerError`, or a `ConnectionError` that tells whether the command may have run. */
  translate(error: unknown): PenknifeError;
}
