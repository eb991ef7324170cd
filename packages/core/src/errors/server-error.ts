import type { Sent } from './connection-error.js';
import { isPenknifeError, PenknifeError, type PenknifeErrorOptions } from './penknife-error.js';

/**
 * The server answered with an error. `code` is the first word of its text (`WRONGTYPE`, `NOSCRIPT`, `ERR`, …): decide by it,
 * never by the text. Arguments that the server quotes are cut off; the name of a key may stand in its text.
 */
export class ServerError extends PenknifeError {
  readonly kind = 'server';
  /** The command's name, when known; never its arguments. */
  readonly command: string | undefined;
  /**
   * Whether anything can have been done. `'no'`, unless the error came up inside a script or a function, which may have written before, or an
   * earlier try of a repeatable command was lost. A script that gives an error back of its own accord is taken at its word: `'no'`.
   */
  readonly sent: Sent;

  constructor(
    text: string,
    options?: PenknifeErrorOptions & { readonly command?: string | undefined; readonly sent?: Sent },
  ) {
    super(codeOf(text), text.replace(quotedArguments, ''), options);
    this.command = options?.command;
    this.sent = options?.sent ?? (insideScript.test(text) ? 'maybe' : 'no');
  }
}

/** Where in a script it came up, as servers from 7.0 on add to the text, and as those before them begin it. */
const insideScript = /^ERR Error running script|\bon @?user_(?:script|function):|\bscript: [0-9a-f]{40}\b/;

/** What a server appends to "unknown command": the beginning of its arguments, which may be secret. */
const quotedArguments = /,? with args beginning with:[\s\S]*$/;

function codeOf(text: string): string {
  const end = text.search(/[\s:]/);
  const word = end < 0 ? text : text.slice(0, end);
  return /^[A-Z][A-Z0-9_]*$/.test(word) ? word : 'ERR';
}

/** True when the server itself answered with an error, optionally with this code. */
export function isServerError(value: unknown, code?: string): value is ServerError {
  return (
    isPenknifeError(value) &&
    (value as ServerError).kind === 'server' &&
    (code === undefined || value.code === code)
  );
}
