import type { DriverOptions } from '@penknife/core/driver-kit';
import type { Credentials } from './world.js';

/** Options of one client. */
export interface MemoryClientOptions extends Omit<DriverOptions, 'clock'> {
  /** Logs in as a user made with ACL SETUSER. Default: the default user, who may do everything. */
  readonly credentials?: Credentials;
}
