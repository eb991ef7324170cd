import { registerCount } from './hyperloglog.js';

/** HYLL, the encoding, three unused bytes, and eight of the last estimate, whose highest bit says that it is stale. */
const headerLength = 16;
const denseLength = headerLength + (registerCount * 6) / 8;
const dense = 0;
const sparse = 1;
const highestSparseCount = 32;
const longestZeroRun = 64;
const longestValueRun = 4;

/** A HyperLogLog taken out of the string it is stored as. */
export interface HyperLogLogText {
  readonly registers: Uint8Array;
  readonly isSparse: boolean;
  /** The last estimate. */
  readonly estimate: number;
  /** Something was added since. */
  readonly isStale: boolean;
}

/** Whether a string may be a HyperLogLog: magic, encoding, and the length of the dense one. */
export function looksLikeHyperLogLog(text: string): boolean {
  if (text.length < headerLength || !text.startsWith('HYLL')) return false;
  const encoding = text.charCodeAt(4);
  return encoding === sparse || (encoding === dense && text.length === denseLength);
}

/** Reads the string; undefined when its registers are corrupt. */
export function readHyperLogLog(text: string): HyperLogLogText | undefined {
  const bytes = Buffer.from(text, 'latin1');
  const isSparse = bytes[4] === sparse;
  const registers = isSparse ? readSparse(bytes) : readDense(bytes);
  if (registers === undefined) return undefined;
  const isStale = ((bytes[15] as number) & 0x80) !== 0;
  bytes[15] = (bytes[15] as number) & 0x7f;
  return { registers, isSparse, isStale, estimate: Number(bytes.readBigUInt64LE(8)) };
}

function readDense(bytes: Buffer): Uint8Array {
  const registers = new Uint8Array(registerCount);
  for (let i = 0; i < registerCount; i++) {
    const bit = i * 6;
    const at = headerLength + (bit >> 3);
    const pair = (bytes[at] as number) | ((bytes[at + 1] ?? 0) << 8);
    registers[i] = (pair >> (bit & 7)) & 63;
  }
  return registers;
}

function readSparse(bytes: Buffer): Uint8Array | undefined {
  const registers = new Uint8Array(registerCount);
  let index = 0;
  for (let at = headerLength; at < bytes.length; at++) {
    const code = bytes[at] as number;
    if ((code & 0x80) !== 0) {
      const length = (code & 3) + 1;
      if (index + length > registerCount) return undefined;
      registers.fill(((code >> 2) & 31) + 1, index, index + length);
      index += length;
    } else if ((code & 0x40) !== 0) {
      index += (((code & 63) << 8) | (bytes[++at] ?? 0)) + 1;
    } else index += (code & 63) + 1;
  }
  return index === registerCount ? registers : undefined;
}

/** The string of registers: sparse as long as it fits (`sparseBytes`) and was sparse before, else dense. */
export function writeHyperLogLog(
  registers: Uint8Array,
  {
    mayBeSparse,
    sparseBytes,
    estimate,
    isStale,
  }: { mayBeSparse: boolean; sparseBytes: number; estimate: number; isStale: boolean },
): string {
  const runs = mayBeSparse ? sparseRuns(registers, sparseBytes) : undefined;
  const bytes = Buffer.alloc(runs === undefined ? denseLength : headerLength + runs.length);
  bytes.write('HYLL', 'latin1');
  bytes[4] = runs === undefined ? dense : sparse;
  bytes.writeBigUInt64LE(BigInt(estimate), 8);
  if (isStale) bytes[15] = (bytes[15] as number) | 0x80;
  if (runs === undefined) writeDense(registers, bytes);
  else bytes.set(runs, headerLength);
  return bytes.toString('latin1');
}

function writeDense(registers: Uint8Array, bytes: Buffer): void {
  for (let i = 0; i < registerCount; i++) {
    const bit = i * 6;
    const at = headerLength + (bit >> 3);
    const pair = (registers[i] as number) << (bit & 7);
    bytes[at] = (bytes[at] as number) | (pair & 255);
    if (pair > 255) bytes[at + 1] = (bytes[at + 1] as number) | (pair >> 8);
  }
}

function sparseRuns(registers: Uint8Array, longest: number): number[] | undefined {
  const runs: number[] = [];
  for (let at = 0; at < registerCount; ) {
    const count = registers[at] as number;
    let end = at + 1;
    while (end < registerCount && registers[end] === count && (count === 0 || end - at < longestValueRun))
      end++;
    const length = end - at;
    if (count > highestSparseCount) return undefined;
    if (count > 0) runs.push(0x80 | ((count - 1) << 2) | (length - 1));
    else if (length <= longestZeroRun) runs.push(length - 1);
    else runs.push(0x40 | ((length - 1) >> 8), (length - 1) & 255);
    if (runs.length + headerLength > longest) return undefined;
    at = end;
  }
  return runs;
}
