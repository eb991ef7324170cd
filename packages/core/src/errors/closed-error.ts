import type { Sent } from './connection-error.js';
import { PenknifeError } from './penknife-error.js';

/** The driver, lane, feed or handle was closed by its owner. */
export class ClosedError extends PenknifeError {
  readonly kind = 'closed';
  readonly sent: Sent;

  constructor(what: string, sent: Sent = 'no') {
    super('CLOSED', `the ${what} is closed`);
    this.sent = sent;
  }
}
