/** A status reply such as OK: a simple string on the wire, not a bulk string. */
export class Status {
  readonly ok: string;
  constructor(text: string) {
    this.ok = text;
  }
}

/**
 * An error reply: the whole text, code first, without the leading minus. Commands return or throw it; it carries no
 * stack, so throwing is cheap.
 */
export class CommandError {
  readonly err: string;
  constructor(text: string) {
    this.err = text;
  }
}

/** A value that is not data: no array (`*-1` on RESP2), nothing to answer, or a command that waits. */
export class Marker {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

/** A map of RESP3: names and values in turn. RESP2 sessions are given the flat array instead. */
export class MapReply {
  readonly flat: readonly Reply[];
  constructor(flat: readonly Reply[]) {
    this.flat = flat;
  }
}

/** A set of RESP3. RESP2 sessions are given the array instead. */
export class SetReply {
  readonly items: readonly Reply[];
  constructor(items: readonly Reply[]) {
    this.items = items;
  }
}

/** A double of RESP3, already printed. RESP2 sessions are given the text as a bulk string instead. */
export class DoubleReply {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** An integer of any size of RESP3, already printed; only scripts make them. RESP2 sessions are given the text. */
export class BigNumberReply {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** A text with a format of RESP3 (`txt`, `mkd`). RESP2 sessions are given the bulk string instead. */
export class VerbatimReply {
  readonly format: string;
  readonly text: string;
  constructor(format: string, text: string) {
    this.format = format;
    this.text = text;
  }
}

/**
 * What a command answers. Strings are bulk strings with one byte per char code; bigint holds integers beyond 2^53;
 * booleans and the classes of RESP3 are only given to sessions that speak it.
 */
export type Reply =
  | string
  | number
  | bigint
  | boolean
  | null
  | Status
  | CommandError
  | Marker
  | MapReply
  | SetReply
  | DoubleReply
  | BigNumberReply
  | VerbatimReply
  | readonly Reply[];

/** Whether a reply is an array. */
export function isArrayReply(reply: Reply): reply is readonly Reply[] {
  return Array.isArray(reply);
}

export const OK: Status = new Status('OK');
export const QUEUED: Status = new Status('QUEUED');
/** Null where an array would be: `*-1` on RESP2. */
export const NULL_ARRAY: Marker = new Marker('null array');
/** Nothing is answered: what there is to say went out as pushes. */
export const NO_REPLY: Marker = new Marker('no reply');
/** The session waits; the answer comes through it later. */
export const BLOCKED: Marker = new Marker('blocked');
