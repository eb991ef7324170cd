/** CRC-64 of Jones (reflected 0xad93d23594c935a9), as Redis ends its payloads with. In two halves: JavaScript's bits are 32. */
const lowTable = new Uint32Array(256);
const highTable = new Uint32Array(256);

const polynomial = 0x95ac_9329_ac4b_c9b5n;
for (let index = 0; index < 256; index++) {
  let value = BigInt(index);
  for (let bit = 0; bit < 8; bit++) value = (value & 1n) === 0n ? value >> 1n : (value >> 1n) ^ polynomial;
  lowTable[index] = Number(value & 0xffff_ffffn);
  highTable[index] = Number(value >> 32n);
}

/** The checksum of bytes. */
export function crc64(bytes: Uint8Array): bigint {
  let low = 0;
  let high = 0;
  for (let i = 0; i < bytes.length; i++) {
    const index = (low ^ (bytes[i] as number)) & 255;
    low = ((low >>> 8) | (high << 24)) ^ (lowTable[index] as number);
    high = (high >>> 8) ^ (highTable[index] as number);
  }
  return (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
}
