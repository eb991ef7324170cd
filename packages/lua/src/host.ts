/**
 * A reply; strings are bytes (char codes 0..255). Booleans and the last five kinds are RESP3's: a host gives them after
 * `setProtocol(3)` only, and gets them from scripts only when its `protocol` is 3.
 */
export type HostReply =
  | string
  | number
  | bigint
  | boolean
  | null
  | HostStatus
  | HostError
  | HostMap
  | HostSet
  | HostDouble
  | HostBigNumber
  | HostVerbatim
  | readonly HostReply[];

/** A map: names and values in turn. */
export interface HostMap {
  readonly map: readonly HostReply[];
}

/** A set. */
export interface HostSet {
  readonly set: readonly HostReply[];
}

/** A double, printed. */
export interface HostDouble {
  readonly double: string;
}

/** An integer of any size, printed. */
export interface HostBigNumber {
  readonly bigNumber: string;
}

/** A text with its format (`txt`, `mkd`). */
export interface HostVerbatim {
  readonly format: string;
  readonly text: string;
}

/** A status reply such as OK. */
export interface HostStatus {
  readonly ok: string;
}

/** An error reply: the whole text, code first, without the leading minus. */
export interface HostError {
  readonly err: string;
}

/**
 * What a script can reach outside of itself. All functions are called synchronously, and only while `run` runs.
 * Throwing from them is for ending the script (ScriptStopped) or for defects; expected failures are values.
 */
export interface LuaHost {
  /** What the caller's connection speaks: with 3, results may have RESP3's kinds. Default 2. */
  readonly protocol?: 2 | 3;
  /** Runs one command and returns its reply; errors come back as `HostError`. */
  call(args: readonly string[]): HostReply;
  /** redis.log; levels 0 (debug) to 3 (warning). Without it lines are dropped. */
  log?(level: number, message: string): void;
  /** redis.acl_check_cmd: undefined for an unknown command. Without it everything is allowed. */
  aclCheck?(args: readonly string[]): boolean | undefined;
  /** redis.set_repl, already validated. */
  setReplication?(flags: number): void;
  /** redis.setresp, already validated: in which version `call` replies from here on, to the end of this script. */
  setProtocol?(version: 2 | 3): void;
  /** Called each time a script used up its step budget; throw ScriptStopped to end it. */
  onSteps?(): void;
}
