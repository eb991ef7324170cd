import { ConnectionError } from '../../errors/connection-error.js';

/** What an adapter rejects with when there is no connection to write to: nothing was written. */
export function notConnected(what = 'the client'): ConnectionError {
  return new ConnectionError(`${what} is not connected; the command was not sent`, { sent: 'no' });
}
