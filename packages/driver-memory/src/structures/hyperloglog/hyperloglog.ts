import { murmurHash64 } from './murmur-hash.js';

const indexBits = 14;
/** Registers of a HyperLogLog. */
export const registerCount: number = 2 ** indexBits;
/** The largest count a register can come to: 64 bits without the index, and one. */
const highestCount: number = 64 - indexBits + 1;
const seed = 0xadc8_3b19n;
const indexMask = BigInt(registerCount - 1);
const afterIndex = BigInt(indexBits);
/** α∞ of Ertl's estimator. */
const alphaInfinity = 0.7213475204444817;

/** Which register an element falls into, and the count it brings: how many zeros its hash begins with, and one. */
export function placeOf(element: string): { readonly index: number; readonly count: number } {
  const hash = murmurHash64(element, seed);
  const index = Number(hash & indexMask);
  let rest = (hash >> afterIndex) | (1n << BigInt(64 - indexBits));
  let count = 1;
  while ((rest & 1n) === 0n) {
    rest >>= 1n;
    count++;
  }
  return { index, count };
}

/** Takes the larger of each pair of registers into the first. */
export function mergeRegisters(into: Uint8Array, from: Uint8Array): void {
  for (let i = 0; i < registerCount; i++)
    if ((from[i] as number) > (into[i] as number)) into[i] = from[i] as number;
}

/**
 * The estimated number of distinct elements; standard error 0.81 %. Source: Otmar Ertl, "New cardinality estimation
 * algorithms for HyperLogLog sketches" (2017), as in Redis.
 */
export function estimate(registers: Uint8Array): number {
  const histogram = new Array<number>(64).fill(0);
  for (const count of registers) histogram[count] = (histogram[count] as number) + 1;
  let z = registerCount * tau((registerCount - (histogram[highestCount] as number)) / registerCount);
  for (let count = highestCount - 1; count >= 1; count--) z = (z + (histogram[count] as number)) * 0.5;
  z += registerCount * sigma((histogram[0] as number) / registerCount);
  return Math.round((alphaInfinity * registerCount * registerCount) / z);
}

function tau(share: number): number {
  if (share === 0 || share === 1) return 0;
  let x = share;
  let y = 1;
  let z = 1 - x;
  for (let before = Number.NaN; before !== z; ) {
    x = Math.sqrt(x);
    before = z;
    y *= 0.5;
    z -= (1 - x) ** 2 * y;
  }
  return z / 3;
}

function sigma(share: number): number {
  if (share === 1) return Number.POSITIVE_INFINITY;
  let x = share;
  let y = 1;
  let z = x;
  for (let before = Number.NaN; before !== z; ) {
    x *= x;
    before = z;
    z += x * y;
    y += y;
  }
  return z;
}
