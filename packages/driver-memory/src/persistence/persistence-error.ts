import { PenknifeError } from '@penknife/core';

/** The file of an engine cannot be read or written. `cause` is what the system said, where it said anything. */
export class PersistenceError extends PenknifeError {
  constructor(message: string, options?: { readonly cause?: unknown }) {
    super('PERSISTENCE', message, options);
  }
}
