import { PenknifeError, type PenknifeErrorOptions } from './penknife-error.js';

/** Whether a command can have run: `'no'` is certain, `'maybe'` means nobody can know. */
export type Sent = 'no' | 'maybe';

/** The connection failed, or could not be had. `sent: 'no'`: the command did not run and never will. */
export class ConnectionError extends PenknifeError {
  readonly kind = 'connection';
  readonly sent: Sent;

  constructor(message: string, options: PenknifeErrorOptions & { readonly sent: Sent }) {
    super('CONNECTION', message, options);
    this.sent = options.sent;
  }
}
