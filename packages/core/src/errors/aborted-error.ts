import type { Sent } from './connection-error.js';
import { PenknifeError } from './penknife-error.js';

/** The caller's signal fired. `cause` is the signal's reason; `sent` says whether the command can have run. */
export class AbortedError extends PenknifeError {
  readonly kind = 'aborted';
  readonly sent: Sent;

  constructor(reason: unknown, sent: Sent) {
    super(
      'ABORTED',
      `aborted by the caller; the command ${sent === 'no' ? 'was not sent' : 'may have run'}`,
      {
        cause: reason,
      },
    );
    this.sent = sent;
  }
}
