import type { Outcome } from '../contract/sender.js';
import { isPenknifeError, PenknifeError } from '../errors/penknife-error.js';

/** One command's failure among several. What a reader of the caller's own throws must not cost the others their answers. */
export function failedOutcome(error: unknown): Outcome<never> {
  if (isPenknifeError(error)) return { ok: false, error };
  return { ok: false, error: new PenknifeError('READER', 'the reader of a command threw', { cause: error }) };
}
