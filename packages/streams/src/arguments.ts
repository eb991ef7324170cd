import { checkObject, InvalidArgumentError } from '@penknife/core';

/** Checks what must be a stream's definition. */
export function checkDefinition(definition: unknown): void {
  if (!((definition as { schemas?: unknown } | null | undefined)?.schemas instanceof Object))
    throw new InvalidArgumentError('definition', 'must be what defineStream gives', definition);
}

/** Checks what must be a function, or absent. */
export function checkListener(argument: string, value: unknown): void {
  if (value !== undefined && typeof value !== 'function')
    throw new InvalidArgumentError(argument, 'must be a function', value);
}

/** Checks how something is closed. Unlike a call it may have no time at all, or all there is: 0 to Infinity ms. */
export function checkClose(how: { readonly deadlineMs?: unknown }): void {
  checkObject('options', how);
  const { deadlineMs } = how;
  if (deadlineMs !== undefined && !(typeof deadlineMs === 'number' && deadlineMs >= 0))
    throw new InvalidArgumentError('deadlineMs', 'must be a number of at least 0', deadlineMs);
}
