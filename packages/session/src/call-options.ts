import type { CallOptions, Duration } from '@penknife/core';
import type { DeviceInfo } from './device.js';

/** What a login may say. */
export interface LoginOptions extends CallOptions, DeviceInfo {}

/** What a change of the id may say. `fresh`: the user just proved again who they are. */
export interface RegenerateOptions extends CallOptions {
  readonly fresh?: boolean;
}

/** How one field is changed. `onlyIfUnchanged`: the save is refused when another request changed it since it was loaded. */
export interface ChangeOptions {
  readonly onlyIfUnchanged?: boolean;
}

/** How one field is set. `ttlMs`: it holds for so long from the moment it is saved, on the server's clock. */
export interface SetOptions extends ChangeOptions {
  readonly ttlMs?: Duration;
}
