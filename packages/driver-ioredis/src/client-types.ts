/** A socket as Node gives it; the slice of it that is used here. */
export interface ClientStream {
  readonly writable: boolean;
  cork(): void;
  uncork(): void;
  write(data: Buffer): boolean;
  on(event: 'data', listener: (chunk: Buffer) => void): unknown;
  removeAllListeners(event: 'data'): unknown;
}

/** The options of a client that are looked at; all others are passed on to duplicates as they are. */
export interface NodeClientOptions {
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  readonly connectTimeout?: number | undefined;
  readonly keyPrefix?: string | undefined;
  readonly role?: string | undefined;
  readonly sentinels?: readonly unknown[] | null | undefined;
  readonly retryStrategy?: ((times: number) => unknown) | null | undefined;
}

/** The slice of ioredis' `Redis` (5.4 and later, 6) that the driver uses. */
export interface NodeClient {
  readonly status: string;
  readonly isCluster: boolean;
  readonly options: NodeClientOptions;
  /** Undefined until the first connection. */
  readonly stream: ClientStream | undefined;
  connect(): Promise<void>;
  disconnect(): void;
  duplicate(override?: object): NodeClient;
  callBuffer(name: string, args: (string | Buffer)[]): Promise<unknown>;
  on(event: string, listener: (error: unknown) => void): unknown;
}

/** How addresses that servers name become addresses that clients can reach. */
export type NatMap =
  | Readonly<Record<string, { readonly host: string; readonly port: number }>>
  | ((address: string) => { readonly host: string; readonly port: number } | null | undefined);

/** The options of a cluster client that are looked at. */
export interface ClusterClientOptions {
  readonly keyPrefix?: string | undefined;
  readonly redisOptions?: NodeClientOptions | undefined;
  readonly natMap?: NatMap | null | undefined;
}

/** The slice of ioredis' `Cluster` (5.4 and later, 6) that the driver uses: it names the nodes to start with; it sends nothing. */
export interface ClusterClient {
  readonly status: string;
  readonly isCluster: boolean;
  readonly options: ClusterClientOptions;
  connect(): Promise<void>;
  disconnect(): void;
  duplicate(startupNodes?: never[], override?: object): ClusterClient;
  nodes(role?: 'all' | 'master' | 'slave'): NodeClient[];
  on(event: string, listener: (error: unknown) => void): unknown;
}

/** What `createIoredisDriver` takes: a `Redis` (plain or with `sentinels`) or a `Cluster` of ioredis, connected or not. */
export type IoredisClient = NodeClient | ClusterClient;

/** True for a `Cluster`. */
export function isClusterClient(client: IoredisClient): client is ClusterClient {
  return client.isCluster;
}
