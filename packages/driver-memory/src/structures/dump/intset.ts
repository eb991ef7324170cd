import { ByteReader, CorruptPayloadError } from './byte-reader.js';
import { ByteWriter } from './byte-writer.js';

/** Packs integers, which it sorts, into an intset of Redis: as many bytes each as the largest needs. */
export function packIntegers(integers: readonly bigint[]): Buffer {
  const size =
    [2, 4].find((bytes) => integers.every((value) => BigInt.asIntN(bytes * 8, value) === value)) ?? 8;
  const writer = new ByteWriter();
  writer.uint32LE(size);
  writer.uint32LE(integers.length);
  for (const value of [...integers].sort((left, right) => (left < right ? -1 : 1))) writer.intLE(value, size);
  return writer.bytes;
}

/** The integers of an intset. Throws CorruptPayloadError. */
export function unpackIntegers(bytes: Uint8Array): string[] {
  const reader = new ByteReader(bytes);
  const size = reader.uint32LE();
  const count = reader.uint32LE();
  if (![2, 4, 8].includes(size) || reader.left !== size * count)
    throw new CorruptPayloadError('not an intset');
  return Array.from({ length: count }, () => String(reader.intLE(size)));
}
