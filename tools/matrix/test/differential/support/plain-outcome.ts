import { isFailure, type Outcome } from './outcome.js';

/**
 * What is left out of the comparison with later servers: whether a short string lies in one piece with its key (`embstr`, `int`
 * and `raw` depend on the lengths of both there), and how Valkey 9 words that a place is missing.
 */
export function plainOutcome(outcome: Outcome): Outcome {
  if (Array.isArray(outcome)) return outcome.map(plainOutcome);
  if (outcome === 'embstr' || outcome === 'raw' || outcome === 'int') return 'a string';
  if (isFailure(outcome)) {
    const error = outcome.error.replace(
      /ERR member .* does not exist/,
      'ERR could not decode requested zset member',
    );
    return { error };
  }
  return outcome;
}
