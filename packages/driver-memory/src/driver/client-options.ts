import { checkObject, InvalidArgumentError } from '@penknife/core';
import type { DriverOptions } from '@penknife/core/driver-kit';
import type { Credentials } from './world.js';

/** Options of one client. */
export interface MemoryClientOptions extends Omit<DriverOptions, 'clock'> {
  /** Logs in as a user made with ACL SETUSER. Default: the default user, who may do everything. */
  readonly credentials?: Credentials;
}

/** Checks what is the engine's own of a client's options; the driver checks the rest. */
export function checkClientOptions(options: MemoryClientOptions): void {
  checkObject('options', options);
  const { credentials, random } = options;
  if (random !== undefined && typeof random?.fraction !== 'function')
    throw new InvalidArgumentError('random', 'must be a RandomSource, such as seededRandom(1)', random);
  if (credentials === undefined) return;
  checkObject('credentials', credentials);
  for (const name of ['username', 'password'] as const) {
    if (typeof credentials[name] !== 'string')
      throw new InvalidArgumentError(`credentials.${name}`, 'must be a text', typeof credentials[name]);
  }
}
