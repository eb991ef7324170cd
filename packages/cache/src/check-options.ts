import { checkCall, checkObject, InvalidArgumentError } from '@penknife/core';

/** Checks what a call may say, and that it can be read. Throws `InvalidArgumentError`. */
export function checkOptions(options: unknown): void {
  if (options !== undefined) checkFields('options', options);
  checkCall(options);
}

/** Checks what has to be an object with fields, and that none of them throws when it is read. Throws `InvalidArgumentError`. */
export function checkFields(argument: string, given: unknown): void {
  checkObject(argument, given);
  try {
    for (const name in given as object) Reflect.get(given as object, name);
  } catch (cause) {
    throw new InvalidArgumentError(argument, 'must have fields that can be read', cause);
  }
}
