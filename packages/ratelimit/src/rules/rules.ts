import type { Algorithm } from '../policy/policy.js';
import { concurrency } from './concurrency.js';
import { fixedWindow } from './fixed-window.js';
import { gcra } from './gcra.js';
import type { Rule } from './meter.js';
import { slidingWindowCounter } from './sliding-window-counter.js';
import { slidingWindowLog } from './sliding-window-log.js';
import { tokenBucket } from './token-bucket.js';

/** The state of some rule. Whoever keeps it knows which. */
export type AnyState = unknown;

/** The rule of every algorithm. The leaky bucket is GCRA's meter, asked for the queue before the call. */
export const rules: Readonly<Record<Algorithm, Rule<AnyState>>> = {
  gcra: gcra as Rule<AnyState>,
  'leaky-bucket': gcra as Rule<AnyState>,
  'token-bucket': tokenBucket as Rule<AnyState>,
  'fixed-window': fixedWindow as Rule<AnyState>,
  'sliding-window-counter': slidingWindowCounter as Rule<AnyState>,
  'sliding-window-log': slidingWindowLog as Rule<AnyState>,
  concurrency: concurrency as Rule<AnyState>,
};
