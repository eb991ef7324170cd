import { InvalidArgumentError } from '../errors/invalid-argument-error.js';

/**
 * Checks what has to be an object with fields, such as options, and no array, for those whom no types tell. Throws
 * `InvalidArgumentError`.
 */
export function checkObject(argument: string, value: unknown): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new InvalidArgumentError(argument, 'must be an object', value);
}

/**
 * Checks what a call may say, before anything is sent: nothing, or an object whose `signal` is an `AbortSignal` and whose
 * `deadlineMs` is a finite number above 0. Throws `InvalidArgumentError`.
 */
export function checkCall(call: unknown, argument = 'options'): void {
  if (call === undefined) return;
  checkObject(argument, call);
  const { signal, deadlineMs } = call as { readonly signal?: AbortSignal; readonly deadlineMs?: number };
  if (signal !== undefined && typeof signal?.addEventListener !== 'function')
    throw new InvalidArgumentError('signal', 'must be an AbortSignal', signal);
  if (deadlineMs !== undefined && !(Number.isFinite(deadlineMs) && deadlineMs > 0))
    throw new InvalidArgumentError('deadlineMs', 'must be a finite number above 0', deadlineMs);
}
