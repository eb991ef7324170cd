const marker = Symbol.for('penknife.error');

/** Fields every error takes besides its message. */
export interface PenknifeErrorOptions {
  readonly cause?: unknown;
}

/**
 * The base of every error this project throws. `code` is stable and meant for programs; the message is meant for people.
 * Two copies of the package recognise each other's errors by a marker: use `isPenknifeError`, not `instanceof`.
 */
export class PenknifeError extends Error {
  readonly code: string;

  constructor(code: string, message: string, options?: PenknifeErrorOptions) {
    super(message, options?.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.code = code;
    Object.defineProperty(this, marker, { value: true });
  }
}

/** True for every error of this project, whichever copy of the package made it. */
export function isPenknifeError(value: unknown): value is PenknifeError {
  return typeof value === 'object' && value !== null && Reflect.get(value, marker) === true;
}
