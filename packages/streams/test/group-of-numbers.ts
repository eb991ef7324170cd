import type { Driver } from '@penknife/core';
import type { MatrixContext } from '@penknife/matrix';
import { type ConsumerOptions, createStreams, type Stream, streamKeys } from '../src/index.js';
import { patiently } from './patience.js';
import { type Numbered, numbers } from './sample-streams.js';

/** The stream of numbers, open. */
export type Numbers = Stream<{ readonly data: Numbered }, { readonly data: Numbered }>;

/** The stream of numbers and a group of it, in one column of the matrix. */
export interface GroupOfNumbers {
  readonly keys: ReturnType<typeof streamKeys.in>;
  readonly log: string;
  readonly group: string;
  /** A lease and retries that pass while a test waits. */
  readonly fast: ConsumerOptions;
  open(driver?: Driver): Promise<Numbers>;
  waits<T>(promise: Promise<T>, limitMs?: number): Promise<T>;
  /** How many entries are pending, as the server has it. */
  pending(): Promise<unknown>;
}

export function groupOfNumbers(context: MatrixContext): GroupOfNumbers {
  const keys = streamKeys.in('pk');
  const log = keys.log('numbers');
  const group = 'g';
  const fast: ConsumerOptions = {
    lease: context.column.memory ? 100 : 200,
    retry: { base: 10, max: 20, jitter: 'none' },
  };
  return {
    keys,
    log,
    group,
    fast,
    open: async (driver?: Driver): Promise<Numbers> =>
      createStreams(driver ?? (await context.driver())).open(numbers),
    waits: <T>(promise: Promise<T>, limitMs?: number): Promise<T> => patiently(context, promise, limitMs),
    pending: async (): Promise<unknown> => ((await context.admin('XPENDING', log, group)) as unknown[])[0],
  };
}
