import { type CallOptions, InvalidArgumentError } from '@penknife/core';

/** Checks what must be an object, such as options, for those whom no types tell. Throws `InvalidArgumentError`. */
export function checkObject(argument: string, value: unknown): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new InvalidArgumentError(argument, 'must be an object', value);
}

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

/** Checks what must be an `AbortSignal`, or absent. */
export function checkSignal(signal: unknown): void {
  if (signal === undefined) return;
  if (typeof (signal as AbortSignal | null)?.addEventListener !== 'function')
    throw new InvalidArgumentError('signal', 'must be an AbortSignal', signal);
}

/** Checks what every call may be told; absent is fine. */
export function checkCall(call: CallOptions | undefined): void {
  if (call === undefined) return;
  checkObject('options', call);
  checkSignal(call.signal);
  checkDeadline(call.deadlineMs);
}

/** Checks a deadline in ms, which may be absent. */
function checkDeadline(deadlineMs: unknown): void {
  if (deadlineMs === undefined || (typeof deadlineMs === 'number' && deadlineMs >= 0)) return;
  throw new InvalidArgumentError('deadlineMs', 'must be a number of at least 0', deadlineMs);
}
