import { checkDriver } from '@penknife/core';
import { openQueue } from './open-queue.js';
import { type QueueOptions, resolveQueue } from './options.js';
import type { Queue, QueueDriver } from './queue.js';

/**
 * Makes a queue of jobs that carry `T` and resolve to `R`. It opens nothing and starts nothing; workers have an end of their own.
 *
 * ```ts
 * const emails = createQueue<{ to: string }>(driver, 'emails');
 * await emails.add({ to: 'ann@example.com' }, { delay: '5m' });
 * const worker = emails.work(async ({ data, signal }) => send(data.to, { signal }), { concurrency: 10 });
 * ```
 */
export function createQueue<T, R = unknown>(
  driver: QueueDriver,
  name: string,
  options: QueueOptions<T> = {},
): Queue<T, R> {
  checkDriver(driver);
  return openQueue<T, R>(driver, resolveQueue(name, options)).queue;
}
