import {
  type CallOptions,
  checkObject,
  type Duration,
  durationMs,
  InvalidArgumentError,
} from '@penknife/core';

/** What may be trimmed from the beginning of a log. Whatever one of the three bounds lets go may go. */
export interface TrimOptions extends CallOptions {
  /** What every group has acknowledged: all below the slowest one. Nothing, while there is no group. */
  readonly consumed?: boolean;
  /** What is older than this, by the clock of the server. */
  readonly maxAge?: Duration;
  /** What exceeds this many entries, exactly. */
  readonly maxLength?: number;
  /** Keep at least this many entries in any case. Default 0. */
  readonly keepAtLeast?: number;
  /**
   * What becomes of entries that some group has not acknowledged, when age or count let them go: `'keep'` (default) lets
   * them stay, `'drop'` removes and counts them, `'aside'` also copies them to the stream that `aside()` reads.
   */
  readonly unread?: 'keep' | 'drop' | 'aside';
}

/** Bounds in numbers. */
export interface ResolvedTrim {
  readonly consumed: boolean;
  readonly maxAgeMs: number | undefined;
  readonly maxLength: number | undefined;
  readonly keepAtLeast: number;
  readonly unread: 'keep' | 'drop' | 'aside';
}

/** Resolves the options; throws `InvalidArgumentError`. */
export function resolveTrim(options: TrimOptions): ResolvedTrim {
  checkObject('options', options);
  const { consumed = false, maxAge, maxLength, keepAtLeast = 0, unread = 'keep' } = options;
  if (!consumed && maxAge === undefined && maxLength === undefined) {
    throw new InvalidArgumentError('trim', 'must say consumed, maxAge or maxLength', options);
  }
  for (const [argument, value] of [
    ['maxLength', maxLength ?? 0],
    ['keepAtLeast', keepAtLeast],
  ] as const) {
    if (!Number.isSafeInteger(value) || value < 0) {
      throw new InvalidArgumentError(argument, 'must be a whole number of at least 0', value);
    }
  }
  if (!['keep', 'drop', 'aside'].includes(unread)) {
    throw new InvalidArgumentError('unread', "must be 'keep', 'drop' or 'aside'", unread);
  }
  return {
    consumed,
    maxAgeMs: maxAge === undefined ? undefined : durationMs(maxAge, 'maxAge', { minMs: 1 }),
    maxLength,
    keepAtLeast,
    unread,
  };
}
