import { InvalidArgumentError } from '../errors/invalid-argument-error.js';

/**
 * Checks that what a pattern was given is a driver, for those whom no types tell: the likeliest mistake is to hand over the
 * client itself. Throws `InvalidArgumentError`.
 */
export function checkDriver(driver: unknown, argument = 'driver'): void {
  if (typeof (driver as { send?: unknown } | null | undefined)?.send !== 'function')
    throw new InvalidArgumentError(argument, 'must be a driver, such as createIoredisDriver(client)', driver);
}
