import type { RandomSource } from '@penknife/core';

/** Makes tokens. Every one is new, 16 characters, and starts with the id of its process. */
export interface Tokens {
  /** 9 characters (54 random bits): names this process in tokens and in its channel. */
  readonly processId: string;
  next(): string;
}

/** How many characters of a token name its process; the scripts know the same number. */
export const processIdLength = 9;
const countDigits = 7;

/** The tokens of one process. */
export function createTokens(random: RandomSource): Tokens {
  const processId = Buffer.from(random.bytes(7)).toString('base64url').slice(0, processIdLength);
  let count = 0;
  return {
    processId,
    next() {
      // Wraps after 78 thousand million tokens: no lease is that old.
      count = (count + 1) % 36 ** countDigits;
      return processId + count.toString(36).padStart(countDigits, '0');
    },
  };
}
