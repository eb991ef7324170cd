import type { Worker } from '../worker/worker.js';

/** The workers of all partitions as the one that they are to whoever started them. */
export function workersAsOne(workers: readonly Worker[]): Worker {
  const close: Worker['close'] = async (options) => {
    await Promise.all(workers.map((worker) => worker.close(options)));
  };
  return {
    get running() {
      return workers.reduce((total, { running }) => total + running, 0);
    },
    close,
    [Symbol.asyncDispose]: () => close(),
  };
}
