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
  /** How many tokens are remembered that were given back before they had anything. */
  mostGone: 32,
} as const;

/** What the scripts of a semaphore and a read-write lock go by besides. */
export const sharesTerms = {
  /** After this time a waiter is no longer passed by those who may go in front, in ms. */
  patienceMs: 1000,
  /** The most leases at one time on one resource: its state stays a few ten kilobytes. */
  mostHolders: 500,
  /** The most processes in its queue. */
  mostSharing: 250,
} as const;

/** The same for the scripts: fragments of constant text. What SET takes as text is not printed anew with every call. */
export const termsLua: string = `${luaOf(terms)}\nlocal memoryText = '${terms.memoryMs}'`;
export const sharesTermsLua: string = `${termsLua}\n${luaOf(sharesTerms)}`;

function luaOf(values: Readonly<Record<string, number>>): string {
  return Object.entries(values)
    .map(([name, value]) => `local ${name} = ${value}`)
    .join('\n');
}
