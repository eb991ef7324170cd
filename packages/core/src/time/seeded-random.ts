import type { RandomSource } from '../contract/random.js';
import { InvalidArgumentError } from '../errors/invalid-argument-error.js';

/**
 * Chance that repeats: the same seed gives the same bytes and fractions in the same order, on every platform. For
 * simulations and tests; predictable, so never for tokens. xoshiro128** (Blackman, Vigna 2018), seeded through SplitMix32.
 */
export function seededRandom(seed: number): RandomSource {
  if (!Number.isSafeInteger(seed)) throw new InvalidArgumentError('seed', 'must be a safe integer', seed);
  const low = splitMix32(seed >>> 0);
  const high = splitMix32(Math.floor(seed / 2 ** 32) >>> 0);
  let [a, b, c, d] = [low(), high(), low(), high()] as [number, number, number, number];
  // Neighbouring seeds start alike only in a state of zeros, which the generator could not leave.
  if ((a | b | c | d) === 0) a = 1;

  function next(): number {
    const result = Math.imul(rotate(Math.imul(b, 5), 7), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = rotate(d, 11);
    return result;
  }

  return {
    bytes(length) {
      const bytes = new Uint8Array(length);
      for (let i = 0; i < length; i += 4) {
        const word = next();
        for (let j = 0; j < 4 && i + j < length; j++) bytes[i + j] = word >>> (8 * j);
      }
      return bytes;
    },
    // 53 bits, as many as a double holds.
    fraction: () => ((next() >>> 5) * 2 ** 26 + (next() >>> 6)) / 2 ** 53,
  };
}

function rotate(value: number, by: number): number {
  return (value << by) | (value >>> (32 - by));
}

function splitMix32(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return mixed ^ (mixed >>> 15);
  };
}
