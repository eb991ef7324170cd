import type { WireArg, writeTogether } from '@penknife/core/driver-kit';

/**
 * A client of the `redis` package as its users hold it: made by `createClient`, `createCluster` or `createSentinel`,
 * with any modules, scripts and type mappings. What it really is, is found out by looking at it.
 */
export interface NodeRedisClient {
  readonly isOpen: boolean;
  connect(): Promise<unknown>;
  destroy(): unknown;
  duplicate(): unknown;
}

/** What node-redis answers: RESP2's shapes, with its own errors where the server nested one. */
export type ClientReply = string | number | null | Buffer | Error | ClientReply[];

/** How to wait before try `retries`, in ms; `false` or an error gives up. */
export type ReconnectStrategy = (retries: number, cause: Error) => number | false | Error;

/** The socket options that are read or set here; the others travel along untouched. */
export interface SocketOptions {
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  readonly connectTimeout?: number | undefined;
  readonly socketTimeout?: number | undefined;
  readonly reconnectStrategy?: ReconnectStrategy | number | false | undefined;
  /** An option of Node's streams, which its sockets hand on. */
  readonly writev?: typeof writeTogether | undefined;
}

/** The client options that are read or set here; the others travel along untouched. */
export interface ClientOptions {
  readonly url?: string | undefined;
  readonly socket?: SocketOptions | undefined;
  readonly RESP?: 2 | 3 | undefined;
  readonly commandOptions?: CommandOptions | undefined;
  readonly disableOfflineQueue?: boolean | undefined;
  readonly [option: string]: unknown;
}

/** Options of one command. `typeMapping` says, by RESP type, as what a reply is decoded. */
export interface CommandOptions {
  readonly timeout?: number | undefined;
  readonly typeMapping?: Readonly<Record<number, unknown>> | undefined;
}

/** Called with what was published: on `__redis__:invalidate` an array of keys, or null for all. */
export type MessageListener = (payload: Buffer | readonly Buffer[] | null, channel: Buffer) => void;

type Subscribe = (
  name: string | readonly string[],
  listener: MessageListener,
  bufferMode: true,
) => Promise<unknown>;
type Unsubscribe = (name: string) => Promise<unknown>;

/** The slice of a client for one server. */
export interface SingleClient extends NodeRedisClient {
  readonly isReady: boolean;
  readonly options?: ClientOptions | undefined;
  duplicate(overrides?: ClientOptions): SingleClient;
  sendCommand(args: readonly WireArg[], options?: CommandOptions): Promise<ClientReply>;
  /** A view of the same connection with other options, which `_commandOptions` holds. */
  withCommandOptions(options: CommandOptions): SingleClient;
  readonly _commandOptions?: CommandOptions | undefined;
  on(event: 'connect' | 'ready' | 'end' | 'reconnecting', listener: () => void): unknown;
  on(event: 'error', listener: (error: unknown) => void): unknown;
  on(event: 'sharded-channel-moved', listener: (channel: string) => void): unknown;
  readonly subscribe: Subscribe;
  readonly pSubscribe: Subscribe;
  readonly sSubscribe: Subscribe;
  readonly unsubscribe: Unsubscribe;
  readonly pUnsubscribe: Unsubscribe;
  readonly sUnsubscribe: Unsubscribe;
}

/** A node as the cluster client keeps it. `client` is there from `nodeClient(node)` on. */
export interface ClusterNode {
  readonly address: string;
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  readonly readonly: boolean;
  readonly client?: SingleClient | undefined;
}

/** The cluster options that are read or set here. */
export interface ClusterOptions extends ClientOptions {
  readonly rootNodes: readonly ClientOptions[];
  readonly defaults?: ClientOptions | undefined;
}

/**
 * The slice of a cluster client: it makes clients for addresses. The underscored member is its own, yet the only way to read
 * its options; both majors have it.
 */
export interface ClusterClient extends NodeRedisClient {
  readonly _options: ClusterOptions;
  nodeClient(node: ClusterNode): Promise<unknown>;
  duplicate(overrides?: Partial<ClusterOptions>): ClusterClient;
}

/**
 * The slice of a sentinel client: it says who the primary is. The underscored members are its own, yet the only way to the
 * primary's client and its options; both majors have them.
 */
export interface SentinelClient extends NodeRedisClient {
  readonly _keyPrefix?: string | undefined;
  _execute<T>(isReadonly: false, run: (primary: SingleClient) => Promise<T>): Promise<T>;
  duplicate(): SentinelClient;
  destroy(): Promise<unknown>;
  on(event: 'error', listener: (error: unknown) => void): unknown;
  on(event: 'topology-change', listener: (change: { readonly type: string }) => void): unknown;
}
