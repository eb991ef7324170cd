import { CorruptPayloadError } from './byte-reader.js';

/** Undoes LZF, with which Redis compresses longer strings. */
export function decompressLzf(input: Uint8Array, length: number): Buffer {
  // A byte of input makes at most 264 of output: what promises more is a lie.
  if (length > input.length * 264) throw new CorruptPayloadError('a compressed string promises too much');
  const output = Buffer.alloc(length);
  let at = 0;
  let written = 0;
  while (at < input.length) {
    const control = input[at++] as number;
    if (control < 32) {
      const count = control + 1;
      if (at + count > input.length || written + count > length) break;
      output.set(input.subarray(at, at + count), written);
      at += count;
      written += count;
      continue;
    }
    let count = control >> 5;
    if (count === 7) count += input[at++] ?? 0;
    const distance = ((control & 31) << 8) + (input[at++] ?? 0) + 1;
    count += 2;
    if (distance > written || written + count > length) break;
    // Byte by byte: the copy may read what it wrote.
    for (let i = 0; i < count; i++, written++) output[written] = output[written - distance] as number;
  }
  if (written !== length || at < input.length)
    throw new CorruptPayloadError('a compressed string is corrupt');
  return output;
}
