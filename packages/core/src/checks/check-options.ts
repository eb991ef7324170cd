import { InvalidArgumentError } from '../errors/invalid-argument-error.js';

/** Checks that there are options at all, for those whom no types tell. Throws `InvalidArgumentError`. */
export function checkOptions(options: unknown, argument = 'options'): void {
  if (typeof options !== 'object' || options === null)
    throw new InvalidArgumentError(argument, 'must be an object', options);
}
