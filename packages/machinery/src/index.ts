/// <reference lib="esnext.disposable" preserve="true" />
export { type DueSetSweepOptions, sweepDueSet } from './due-set/sweep-due-set.js';
export { dueSetFragments, leaseFragments } from './fragments.js';
export { ProcessChannel, type ProcessChannelListener } from './process-channel.js';
export { Sweeper, type SweeperOptions, type Sweeping, type SweepOutcome } from './sweeper/sweeper.js';
