import type { CallOptions, StandardSchema } from '@penknife/core';

/** A write as it stands in the log. */
export interface LoggedWrite {
  readonly key: string;
  /** The encoded value, as base64. */
  readonly value: string;
}

/** A write as a consumer of the log gets it. */
export interface LoggedMessage {
  /** `<ms>-<sequence>`, rising in the order of the log. */
  readonly id: string;
  readonly data: LoggedWrite;
  /** Fires when the message is another consumer's. */
  readonly signal: AbortSignal;
}

/**
 * What writing behind needs of a durable log: a stream of `@penknife/streams` is one, with partitions or without. It has to
 * keep what was not consumed, to give a message again until its handler returns, and to give those of one key one after
 * another, in order.
 */
export interface WriteLog {
  append(
    draft: { readonly key: string; readonly data: LoggedWrite },
    options?: CallOptions,
  ): Promise<{ readonly id: string }>;
  consume(
    group: string,
    handler: (message: LoggedMessage) => unknown,
    options: { readonly order: 'key' },
  ): unknown;
}

/** What else a log's own `consume` takes. */
export type ConsumeOptions<Log extends WriteLog> =
  Parameters<Log['consume']> extends readonly [unknown, unknown, (infer Options)?]
    ? Omit<NonNullable<Options>, 'order' | 'batch'>
    : never;

/**
 * The schema of such a log: `defineStream('writes', { schema: writeLogSchema, retention: 'forever' })`. What is stored is
 * deleted from it.
 */
export const writeLogSchema: StandardSchema<LoggedWrite, LoggedWrite> = {
  '~standard': {
    version: 1,
    vendor: 'penknife',
    validate(data) {
      const { key, value } = (data ?? {}) as { readonly [name: string]: unknown };
      return typeof key === 'string' && typeof value === 'string'
        ? { value: { key, value } }
        : { issues: [{ message: 'must be a write of a cache' }] };
    },
  },
};
