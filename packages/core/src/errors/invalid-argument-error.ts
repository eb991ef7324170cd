import { PenknifeError } from './penknife-error.js';

/** An argument was refused before anything was sent. Names the argument, the rule, and what was given: numbers, and strings of at most 40 characters, as they are; anything else by its kind and size. */
export class InvalidArgumentError extends PenknifeError {
  readonly kind = 'invalid-argument';
  readonly argument: string;

  constructor(argument: string, rule: string, given: unknown) {
    super('INVALID_ARGUMENT', `${argument} ${rule}; given: ${described(given)}`);
    this.argument = argument;
  }
}

/** Also of what throws when it is looked at: a proxy, a getter. */
function described(value: unknown): string {
  try {
    return describe(value);
  } catch {
    return 'something that cannot be read';
  }
}

function describe(value: unknown): string {
  if (typeof value === 'string')
    return value.length > 40 ? `a string of ${value.length} characters` : JSON.stringify(value);
  if (typeof value === 'bigint') return `${value}n`;
  if (value instanceof Uint8Array) return `${value.byteLength} bytes`;
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'object' && value !== null)
    return `an object (${value.constructor?.name ?? 'no prototype'})`;
  return Object.is(value, -0) ? '-0' : String(value);
}
