import { InvalidArgumentError } from '../errors/invalid-argument-error.js';

const slotCount = 16384;
const crcTable = new Uint16Array(256);
for (let byte = 0; byte < 256; byte++) {
  let crc = byte << 8;
  for (let bit = 0; bit < 8; bit++) crc = crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1;
  crcTable[byte] = crc & 0xffff;
}

/**
 * The hash slot (0 to 16383) that a Redis cluster gives a key: CRC16 (XMODEM) of the key, or of what stands between its
 * first `{` and the next `}` when that is not empty.
 */
export function slotOf(key: string | Uint8Array): number {
  if (typeof key !== 'string' && !(key instanceof Uint8Array))
    throw new InvalidArgumentError('key', 'must be a string or bytes', key);
  const bytes = typeof key === 'string' ? Buffer.from(key, 'utf8') : key;
  let start = 0;
  let end = bytes.length;
  const open = bytes.indexOf(0x7b);
  if (open >= 0) {
    const close = bytes.indexOf(0x7d, open + 1);
    if (close > open + 1) {
      start = open + 1;
      end = close;
    }
  }
  let crc = 0;
  for (let i = start; i < end; i++) {
    crc = ((crc << 8) & 0xffff) ^ (crcTable[((crc >> 8) ^ (bytes[i] ?? 0)) & 0xff] ?? 0);
  }
  return crc % slotCount;
}
