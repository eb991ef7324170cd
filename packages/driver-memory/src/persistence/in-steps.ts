import { readSync, writeSync } from 'node:fs';

/** What a system takes or gives at once, with room to spare: the most is 2 GB less one byte. */
const mostBytes = 2 ** 30;

/** Writes all bytes, however many; says how many. `most` at once. */
export function writeAll(descriptor: number, bytes: Uint8Array, most: number = mostBytes): number {
  for (let at = 0; at < bytes.length; )
    at += writeSync(descriptor, bytes, at, Math.min(bytes.length - at, most));
  return bytes.length;
}

/** Fills bytes from a place of a file, however many; says how many there were. `most` at once. */
export function readAll(
  descriptor: number,
  bytes: Uint8Array,
  from: number,
  most: number = mostBytes,
): number {
  let at = 0;
  while (at < bytes.length) {
    const count = readSync(descriptor, bytes, at, Math.min(bytes.length - at, most), from + at);
    if (count === 0) break;
    at += count;
  }
  return at;
}
