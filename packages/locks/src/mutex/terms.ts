/** The times and sizes that the scripts of the mutex and this process go by. */
export const terms = {
  /** How long a lock that was handed over waits to be claimed, in ms. */
  claimMs: 1000,
  /** How long a silent waiter keeps its place, in ms. */
  waiterMs: 15_000,
  /** How long the last fence is remembered after everything else ended, in ms. */
  memoryMs: 60_000,
  /** The most processes in one queue: it stays a few ten kilobytes. */
  mostWaiters: 1000,
  /** Bytes of one place in the queue. */
  recordSize: 43,
} as const;

/** The same for the scripts: a fragment of constant text. */
export const termsLua: string = Object.entries(terms)
  .map(([name, value]) => `local ${name} = ${value}`)
  .join('\n');
