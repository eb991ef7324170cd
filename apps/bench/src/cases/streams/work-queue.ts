import type { BenchContext } from '../../case.js';
import type { Order } from './order.js';

/** One product, in the words that all of them share. */
export interface WorkQueue {
  readonly name: string;
  readonly appendGuarantees: string;
  readonly consumeGuarantees: string;
  add(order: Order): Promise<unknown>;
  /** Many with one call; undefined where the product has none. */
  addMany?(orders: readonly Order[]): Promise<unknown>;
  /** Consumes until `count` messages are handled and settled, then stops. */
  drain(count: number, concurrency: number): Promise<void>;
  close(): Promise<void>;
}

/** Opens a product on the server of a case. */
export type OpenQueue = (context: BenchContext) => Promise<WorkQueue>;

/** Counts to `count`; `done` resolves then. */
export function countdown(count: number): { readonly done: Promise<void>; one(): void } {
  let left = count;
  let finish: () => void = () => undefined;
  const done = new Promise<void>((resolve) => {
    finish = resolve;
  });
  return {
    done,
    one() {
      left--;
      if (left === 0) finish();
    },
  };
}
