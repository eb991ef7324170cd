import type { StandardSchema } from '@penknife/core';
import { defineStream, type PartitionedDefinition, type StreamDefinition } from '../src/index.js';

/** A schema by hand, so that the package needs no schema library: what `check` throws is the issue. */
function schemaOf<T>(check: (value: unknown) => T): StandardSchema<T, T> {
  return {
    '~standard': {
      version: 1,
      vendor: 'test',
      validate(value) {
        try {
          return { value: check(value) };
        } catch (error) {
          return { issues: [{ message: (error as Error).message, path: ['n'] }] };
        }
      },
    },
  };
}

export interface Numbered {
  readonly n: number;
}

export const numbered: StandardSchema<Numbered, Numbered> = schemaOf((value) => {
  const n = (value as { n?: unknown } | null)?.n;
  if (typeof n !== 'number') throw new Error('n must be a number');
  return { n };
});

/** A stream of numbers. */
export const numbers: StreamDefinition<{ readonly data: Numbered }, { readonly data: Numbered }> =
  defineStream('numbers', { schema: numbered, retention: 'forever' });

/** The same, split. */
export const splitNumbers: PartitionedDefinition<{ readonly data: Numbered }, { readonly data: Numbered }> =
  defineStream('split-numbers', { schema: numbered, retention: 'forever', partitions: 4 });

export type OrderEvent =
  | { readonly event: 'placed'; readonly data: Numbered }
  | { readonly event: 'cancelled'; readonly data: { readonly reason: string } };

/** A stream of named events. */
export const orders: StreamDefinition<OrderEvent, OrderEvent> = defineStream('orders', {
  events: { placed: numbered, cancelled: schemaOf((value) => value as { readonly reason: string }) },
  retention: { maxLength: 100_000 },
});

/** `{ data: { n } }` for n from 0. */
export function drafts(count: number): { readonly data: Numbered }[] {
  return Array.from({ length: count }, (_, n) => ({ data: { n } }));
}
