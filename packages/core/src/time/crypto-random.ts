import { randomBytes } from 'node:crypto';
import type { RandomSource } from '../contract/random.js';

/** The platform's cryptographic random source. */
export const cryptoRandom: RandomSource = {
  bytes: (length) => new Uint8Array(randomBytes(length)),
  fraction: () => Math.random(),
};
