import type { ServerError } from '../errors/server-error.js';
import type { Script } from '../script/script.js';

/**
 * One argument of a command. Numbers must be finite and either safe integers or decimals that JavaScript prints without
 * an exponent; anything else is refused before it is sent. Strings travel as UTF-8, `Uint8Array` as it is.
 */
export type Arg = string | number | Uint8Array;

/**
 * What a server answered, always in RESP2's shape whatever protocol the connection speaks: bulk and simple strings,
 * integers (exact up to 2^53 - 1), null, bytes when the command asked for them, arrays. An error inside an array
 * (a script's table, an EXEC result) is a `ServerError` value; a reply that *is* an error rejects the call instead.
 */
export type Reply = string | number | null | Uint8Array | ServerError | readonly Reply[];

/**
 * A command is a value: its arguments, what a driver must know to send it, and how its reply is read.
 * Made by small builders next to the pattern that sends it, or by calling a `Script`.
 */
export interface Command<T = unknown> {
  /** The name in upper case (clients shape replies by letter case), then the arguments. */
  readonly args: readonly [name: Uppercase<string>, ...rest: Arg[]];
  /** Names the slot, hence the primary, on a cluster. Also for commands that carry no key themselves. */
  readonly key?: string | Uint8Array | undefined;
  /** Text and sha1: what a driver needs to answer NOSCRIPT with one EVAL. */
  readonly script?: Script | undefined;
  /** Harmless when run twice. Only such commands are ever retried by a driver. */
  readonly repeatable?: true | undefined;
  /** Bulk strings of the reply come as bytes. */
  readonly bytes?: true | undefined;
  /** Turns the reply into `T`; throws `ReplyShapeError` when the shape is not the expected one. */
  read(reply: Reply): T;
}

/** The type a command's reader gives. */
export type ResultOf<C> = C extends Command<infer T> ? T : never;
