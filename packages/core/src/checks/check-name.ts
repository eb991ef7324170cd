import { InvalidArgumentError } from '../errors/invalid-argument-error.js';

const rule = /^[A-Za-z0-9_.-]{1,64}$/;

/**
 * A name that the program chose, such as a queue's: 1 to 64 letters, digits, `_`, `.` or `-`. It stands in keys and channels as it
 * is. Gives it back; throws `InvalidArgumentError`.
 */
export function checkName(argument: string, name: string): string {
  if (typeof name !== 'string' || !rule.test(name))
    throw new InvalidArgumentError(argument, 'must be 1 to 64 letters, digits, `_`, `.` or `-`', name);
  return name;
}
