import { PenknifeError } from '@penknife/core';

/** The loader gave `undefined`, which means "nothing there" and cannot be cached: give `null` for what does not exist. */
export class UndefinedValueError extends PenknifeError {
  readonly kind = 'undefined-value';

  constructor() {
    super('UNDEFINED_VALUE', 'the loader gave undefined; give null for what does not exist');
  }
}

/** The caller's hard timeout passed. The loader goes on, and what it gives is still stored while its lease lives. */
export class LoadTimeoutError extends PenknifeError {
  readonly kind = 'load-timeout';
  readonly timeoutMs: number;

  constructor(timeoutMs: number) {
    super('LOAD_TIMEOUT', `nothing was loaded within ${timeoutMs} ms`);
    this.timeoutMs = timeoutMs;
  }
}

/**
 * A loader failed a moment ago, here or in another process, and the failure is remembered: it was not run again.
 * The message ends with what that loader said, shortened. `retryAfterMs`: how long the failure is still remembered.
 */
export class LoadFailedError extends PenknifeError {
  readonly kind = 'load-failed';
  readonly retryAfterMs: number;

  constructor(failure: string, retryAfterMs: number) {
    super('LOAD_FAILED', `the loader failed before: ${failure}`);
    this.retryAfterMs = retryAfterMs;
  }
}

/** A value whose encoded form is larger than the cache takes. It was not stored. */
export class ValueTooLargeError extends PenknifeError {
  readonly kind = 'value-too-large';
  readonly bytes: number;

  constructor(bytes: number, maxValueBytes: number) {
    super('VALUE_TOO_LARGE', `the value takes ${bytes} bytes; at most ${maxValueBytes} are stored`);
    this.bytes = bytes;
  }
}
