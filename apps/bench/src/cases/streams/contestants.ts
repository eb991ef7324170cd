import type { BenchContext, Contestant } from '../../case.js';
import { orderOf, orders } from './order.js';
import type { OpenQueue, WorkQueue } from './work-queue.js';

/** Opens all of them. */
export const together = (context: BenchContext, open: readonly OpenQueue[]): Promise<WorkQueue[]> =>
  Promise.all(open.map((one) => one(context)));

/** Puts `count` messages there before a round, then measures how long it takes to consume them. */
export function draining(queue: WorkQueue, count: number, drain: () => Promise<void>): Contestant {
  return {
    name: queue.name,
    guarantees: queue.consumeGuarantees,
    operations: count,
    async prepareRound() {
      const some = orders(500);
      for (let filled = 0; filled < count; filled += some.length) {
        if (queue.addMany === undefined) await Promise.all(some.map((order) => queue.add(order)));
        else await queue.addMany(some);
      }
    },
    run: drain,
    close: () => queue.close(),
  };
}

/** Adds messages one by one. */
export function adding(queue: WorkQueue): Contestant {
  return {
    name: queue.name,
    guarantees: queue.appendGuarantees,
    run: (turn) => queue.add(orderOf(turn)),
    close: () => queue.close(),
  };
}

/** Adds messages 200 with one call. */
export function addingMany(queue: WorkQueue): Contestant {
  return {
    name: queue.name,
    guarantees: queue.appendGuarantees,
    operations: 200,
    run: async () => queue.addMany?.(orders(200)),
    close: () => queue.close(),
  };
}
