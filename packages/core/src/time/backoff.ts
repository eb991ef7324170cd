import type { RandomSource } from '../contract/random.js';

/** How waits between tries grow. `full` jitter: uniform in [0, wait]; `equal`: half fixed, half uniform. */
export interface BackoffOptions {
  readonly baseMs: number;
  readonly maxMs: number;
  /** Default 2. */
  readonly factor?: number;
  /** Default `'full'`. */
  readonly jitter?: 'full' | 'equal' | 'none';
}

/** The wait in ms before try number `attempt` (1 is the first retry): capped exponential backoff with jitter. */
export function backoffMs(options: BackoffOptions, attempt: number, random: RandomSource): number {
  const { baseMs, maxMs, factor = 2, jitter = 'full' } = options;
  const wait = Math.min(maxMs, baseMs * factor ** Math.max(0, attempt - 1));
  if (jitter === 'none') return wait;
  return jitter === 'equal' ? wait / 2 + (wait / 2) * random.fraction() : wait * random.fraction();
}
