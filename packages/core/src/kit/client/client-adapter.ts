import type { Reply } from '../../contract/command.js';
import type { FeedKind } from '../../contract/feed.js';
import type { PenknifeError } from '../../errors/penknife-error.js';
import type { SubscriberEvents, WireSender } from '../transport.js';

/** Where a server listens, as the servers of a cluster or their sentinels name it. */
export interface ServerAddress {
  readonly host: string;
  readonly port: number;
}

/**
 * What a connection is for. `'shared'`: sends for everybody. `'lane'`: may be blocked for as long as it likes.
 * `'subscriber'`: only subscribes, and may be silent for as long.
 */
export type ConnectionPurpose = 'shared' | 'lane' | 'subscriber';

/**
 * One connection of a client to one server. It connects once: whatever ends it, it never comes back. It writes at once or
 * rejects (`notConnected`), keeps no command for later and none longer than itself. After its end, by loss or by `close`,
 * whatever was on its way rejects.
 */
export interface ClientConnection extends Pick<WireSender, 'call'> {
  /** Resolves when commands can be written; rejects with the client's error. */
  readonly connected: Promise<void>;
  /** True while what is written now goes straight to the server. */
  readonly ready: boolean;
  /** Each resolves after the server's acknowledgement. Asked of connections for subscriptions only. */
  subscribe(kind: FeedKind, name: string): Promise<void>;
  unsubscribe(kind: FeedKind, name: string): Promise<void>;
  /** Several names with one command, where the client can; shard channels are all of one slot. Fails as a whole. */
  subscribeAll?(kind: FeedKind, names: readonly string[]): Promise<void>;
  /** Ends it at once, also while it connects. Repeatable. */
  close(): void;
}

/** What a connection tells. `lost`: it is gone, without `close` having been called; not for one that never connected. */
export type ConnectionEvents = SubscriberEvents;

/** All that is peculiar to a client: how it opens one connection, and what its errors mean. */
export interface ClientAdapter {
  /**
   * Starts to open a connection with the options of the client that was handed over: to `address`, or, without one, to where
   * that client connects. A promise where that has to be found out first.
   */
  open(
    purpose: ConnectionPurpose,
    events: ConnectionEvents,
    address: ServerAddress | undefined,
  ): ClientConnection | Promise<ClientConnection>;
  /** Makes a client's reply one of RESP2's shape; an error inside an array becomes a `ServerError` value. */
  shape(reply: unknown, bytes: boolean): Reply;
  /** Turns a client's error into one of ours: a `ServerError`, or a `ConnectionError` that tells whether the command may have run. */
  translate(error: unknown): PenknifeError;
  /** The client's own bound for connecting, in ms; 0: none. */
  readonly connectTimeoutMs: number;
  /** How long its owner wants to wait before the `attempt`th try to connect again, in ms; undefined: as the driver thinks best. */
  reconnectMs(attempt: number, cause: Error): number | undefined;
  /** Frees what was opened besides connections. */
  close?(): void;
}
