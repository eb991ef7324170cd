import { PenknifeError } from './penknife-error.js';

/** Refused because this server, client or topology cannot do it; the message names what would. */
export class UnsupportedError extends PenknifeError {
  readonly kind = 'unsupported';

  constructor(message: string) {
    super('UNSUPPORTED', message);
  }
}
