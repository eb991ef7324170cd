import type { StandardSchema } from '@penknife/core';
import { defineStream, type StreamDefinition } from '@penknife/streams';

/** The kinds of orders there are. A cursed one cannot be fulfilled until its curse is lifted. */
export const orderKinds = ['plain', 'cursed'] as const;

/** An order as it stands in the log. */
export interface Order {
  readonly kind: (typeof orderKinds)[number];
}

const orderSchema: StandardSchema<unknown, Order> = {
  '~standard': {
    version: 1,
    vendor: 'arena',
    validate(value) {
      const kind = orderKinds.find((each) => each === (value as Partial<Order> | null)?.kind);
      if (kind === undefined) return { issues: [{ message: 'must be a kind of order', path: ['kind'] }] };
      return { value: { kind } };
    },
  },
};

/** The log of all orders. */
export const orders: StreamDefinition<{ readonly data: unknown }, { readonly data: Order }> = defineStream(
  'arena-orders',
  {
    schema: orderSchema,
    retention: { maxLength: 10_000, maxAge: '1d' },
  },
);
