import { isPenknifeError, PenknifeError, type PenknifeErrorOptions } from './penknife-error.js';

/**
 * The server answered with an error. `code` is the first word of its text (`WRONGTYPE`, `NOSCRIPT`, `ERR`, …): decide by it,
 * never by the text. Arguments that the server quotes are cut off; the name of a key may stand in its text.
 */
export class ServerError extends PenknifeError {
  readonly kind = 'server';
  /** The command's name, when known; never its arguments. */
  readonly command: string | undefined;

  constructor(text: string, options?: PenknifeErrorOptions & { readonly command?: string }) {
    super(codeOf(text), text.replace(quotedArguments, ''), options);
    this.command = options?.command;
  }
}

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
