import type { Driver } from '@penknife/core';
import type { Origin } from './frame/origin.js';
import type { PositionCheck } from './hub/position-check.js';
import type { Probes } from './hub/probes.js';
import type { ServerNames } from './keys.js';
import type { ResolvedOptions } from './options.js';

/** What all channels of one `createPubSub` share. */
export interface SharedParts {
  readonly driver: Driver;
  readonly names: ServerNames;
  readonly origin: Origin;
  readonly options: ResolvedOptions;
  readonly positionCheck: PositionCheck | undefined;
  readonly probes: Probes | undefined;
  /** Throws `ClosedError` once it is closed. */
  refuseClosed(): void;
}
