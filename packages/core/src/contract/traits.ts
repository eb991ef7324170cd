/** What a server (or the weakest primary of several) can do beyond Redis 7.0's common ground. Asked, never guessed from a version. */
export type Capability =
  | 'sharded-pubsub'
  | 'functions'
  | 'waitaof'
  | 'hash-field-ttl'
  | 'delex'
  | 'delifeq'
  | 'set-ifeq'
  | 'xackdel'
  | 'xreadgroup-claim'
  | 'xadd-idmp';

/** How the servers are arranged. */
export type Topology = 'single' | 'cluster' | 'sentinel';

/** The traits of what a driver is connected to: the lowest of all primaries, asked once and forgotten on reconnect. */
export interface Traits {
  readonly topology: Topology;
  readonly server: 'redis' | 'valkey' | 'penknife-memory' | 'unknown';
  /** As the server tells it, for people and logs; decisions go by `supports`. */
  readonly version: string;
  supports(capability: Capability): boolean;
}
