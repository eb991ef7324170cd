const mask = 0xffff_ffff_ffff_ffffn;
const factor = 0xc6a4_a793_5bd1_e995n;
const shift = 47n;

/** MurmurHash64A by Austin Appleby, as Redis uses it for HyperLogLog: little-endian, any seed. */
export function murmurHash64(text: string, seed: bigint): bigint {
  const bytes = Buffer.from(text, 'latin1');
  let hash = (seed ^ (BigInt(bytes.length) * factor)) & mask;
  const whole = bytes.length - (bytes.length % 8);
  for (let at = 0; at < whole; at += 8) {
    let block = (bytes.readBigUInt64LE(at) * factor) & mask;
    block ^= block >> shift;
    block = (block * factor) & mask;
    hash = ((hash ^ block) * factor) & mask;
  }
  if (whole < bytes.length) {
    let tail = 0n;
    for (let at = bytes.length - 1; at >= whole; at--) tail = (tail << 8n) | BigInt(bytes[at] as number);
    hash = ((hash ^ tail) * factor) & mask;
  }
  hash ^= hash >> shift;
  hash = (hash * factor) & mask;
  return hash ^ (hash >> shift);
}
