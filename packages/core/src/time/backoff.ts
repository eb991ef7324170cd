import type { RandomSource } from '../contract/random.js';
import { InvalidArgumentError } from '../errors/invalid-argument-error.js';

/** How waits between tries grow. `full` jitter: uniform in [0, wait]; `equal`: half fixed, half uniform. */
export interface BackoffOptions {
  readonly baseMs: number;
  readonly maxMs: number;
  /** Default 2. */
  readonly factor?: number;
  /** Default `'full'`. */
  readonly jitter?: 'full' | 'equal' | 'none';
}

/** The wait in ms before try number `attempt` (1 is the first retry): capped exponential backoff with jitter. Throws `InvalidArgumentError`. */
export function backoffMs(options: BackoffOptions, attempt: number, random: RandomSource): number {
  const { baseMs, maxMs, factor = 2, jitter = 'full' } = options;
  if (!(Number.isFinite(baseMs) && baseMs >= 0))
    throw new InvalidArgumentError('baseMs', 'must be a finite number of at least 0', baseMs);
  if (!(maxMs >= 0)) throw new InvalidArgumentError('maxMs', 'must be a number of at least 0', maxMs);
  if (!(Number.isFinite(factor) && factor >= 1))
    throw new InvalidArgumentError('factor', 'must be a finite number of at least 1', factor);
  if (jitter !== 'full' && jitter !== 'equal' && jitter !== 'none')
    throw new InvalidArgumentError('jitter', "must be 'full', 'equal' or 'none'", jitter);
  if (!(attempt >= 0)) throw new InvalidArgumentError('attempt', 'must be a number of at least 0', attempt);
  if (baseMs === 0) return 0;
  const wait = Math.min(maxMs, baseMs * factor ** Math.max(0, attempt - 1));
  if (jitter === 'none') return wait;
  return jitter === 'equal' ? wait / 2 + (wait / 2) * random.fraction() : wait * random.fraction();
}
