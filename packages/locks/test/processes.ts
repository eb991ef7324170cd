import type { MatrixContext } from '@penknife/matrix';
import { createLocks, type Locks, type LocksOptions } from '../src/index.js';
import { eventually } from './eventually.js';

/** So many processes of a context, each on a connection of its own; what they hold ends with a test, not before. */
export function processesOf(context: MatrixContext) {
  return (count: number, options: LocksOptions = {}): Promise<Locks[]> =>
    Promise.all(
      Array.from({ length: count }, async () =>
        createLocks(await context.driver(), { ttl: '1h', ...options }),
      ),
    );
}

export async function close(all: readonly Locks[]): Promise<void> {
  await Promise.all(all.map((locks) => locks.close()));
}

/** What several may hold, as far as its queue is looked at. */
interface Queue {
  inspect(): Promise<{ readonly waiting: readonly unknown[] }>;
}

/** Resolves when this many processes wait for it. */
export function waiting(queue: Queue, count: number): Promise<void> {
  return eventually(`${count} in the queue`, async () => (await queue.inspect()).waiting.length === count);
}
