/** A reply as RESP2 shapes it; strings are bytes (char codes 0..255). */
export type HostReply = string | number | bigint | null | HostStatus | HostError | readonly HostReply[];

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
  /** Runs one command and returns its reply; errors come back as `HostError`. */
  call(args: readonly string[]): HostReply;
  /** redis.log; levels 0 (debug) to 3 (warning). Without it lines are dropped. */
  log?(level: number, message: string): void;
  /** redis.acl_check_cmd: undefined for an unknown command. Without it everything is allowed. */
  aclCheck?(args: readonly string[]): boolean | undefined;
  /** redis.set_repl and redis.setresp, already validated. */
  setReplication?(flags: number): void;
  setProtocol?(version: 2 | 3): void;
  /** Called each time a script used up its step budget; throw ScriptStopped to end it. */
  onSteps?(): void;
}
