import { closeSync, fstatSync, openSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { readAll } from './in-steps.js';
import { PersistenceError } from './persistence-error.js';
import { beginsRecord, recordHeadBytes } from './records.js';

/** The first bytes of every file: what it is, and its version. */
export const fileHead: Buffer = Buffer.from('PENKNIFE JOURNAL 1\n', 'latin1');
const frameHeadBytes = 8;
/** What is looked through at once for a whole frame. */
const windowBytes = 1024 * 1024;
/** How much of what may be a frame is read to see whether it is one, beside four times what there is. */
const checkedBytes = 64 * 1024 * 1024;

/** A frame: length and checksum, then the payload. It is in the file as a whole or not at all. */
export function frameOf(payload: Uint8Array): Buffer {
  const frame = Buffer.allocUnsafe(frameHeadBytes + payload.length);
  frame.writeUInt32LE(payload.length, 0);
  frame.writeUInt32LE(crc32(payload), 4);
  frame.set(payload, frameHeadBytes);
  return frame;
}

/**
 * Hands over the payloads of a file in order and gives the length of its good part: an end that is not whole (the process died
 * while it was written) does not count. Throws PersistenceError when what is not whole has a whole frame behind it, or the file is
 * none of these; an empty or absent file has nothing.
 */
export function readFrames(file: string, take: (payload: Buffer) => void): number {
  let descriptor: number;
  try {
    descriptor = openSync(file, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0;
    throw new PersistenceError(`${file} cannot be read`, { cause: error });
  }
  try {
    return readOpen(descriptor, file, take);
  } finally {
    closeSync(descriptor);
  }
}

function readOpen(descriptor: number, file: string, take: (payload: Buffer) => void): number {
  const { size } = fstatSync(descriptor);
  const read = (at: number, length: number): Buffer => {
    const bytes = Buffer.allocUnsafe(Math.max(0, Math.min(length, size - at)));
    return bytes.subarray(0, readAll(descriptor, bytes, at));
  };
  const head = read(0, fileHead.length);
  // Not even the first line is whole: nothing was ever acknowledged.
  if (head.length < fileHead.length && fileHead.subarray(0, head.length).equals(head)) return 0;
  if (!head.equals(fileHead)) throw new PersistenceError(`${file} is no journal of this version`);
  let at = fileHead.length;
  for (;;) {
    const payload = frameAt(read, at, size);
    if (payload === undefined) break;
    take(payload);
    at += frameHeadBytes + payload.length;
  }
  const behind = at < size ? wholeFrameBehind(read, at + 1, size) : 'none';
  if (behind === 'none') return at;
  throw new PersistenceError(
    behind === 'one'
      ? `${file} is damaged at byte ${at}: a frame after it is whole, so it is not a torn end`
      : `${file} is damaged at byte ${at}: too much after it looks like frames to tell whether it is a torn end`,
  );
}

function frameAt(read: (at: number, length: number) => Buffer, at: number, size: number): Buffer | undefined {
  const head = read(at, frameHeadBytes);
  if (head.length < frameHeadBytes) return undefined;
  const length = head.readUInt32LE(0);
  if (length === 0 || at + frameHeadBytes + length > size) return undefined;
  const payload = read(at + frameHeadBytes, length);
  return payload.length === length && crc32(payload) === head.readUInt32LE(4) ? payload : undefined;
}

/**
 * Whether a whole frame stands anywhere from there on: then what is before it is no torn end. A length that is wrong does not tell
 * where the next one begins, so every byte is tried. Values are their writers' own: one that is full of what looks like the
 * beginnings of long frames would be read anew for each of them, so there is an end to that.
 */
function wholeFrameBehind(
  read: (at: number, length: number) => Buffer,
  from: number,
  size: number,
): 'none' | 'one' | 'unknown' {
  let mayCheck = checkedBytes + 4 * (size - from);
  for (let start = from; start < size; start += windowBytes) {
    const window = read(start, windowBytes + frameHeadBytes + recordHeadBytes);
    const last = Math.min(windowBytes, window.length - frameHeadBytes - recordHeadBytes + 1);
    for (let at = 0; at < last; at++) {
      const length = window.readUInt32LE(at);
      const fits = length >= recordHeadBytes && start + at + frameHeadBytes + length <= size;
      if (!fits || !beginsRecord(window, at + frameHeadBytes, length)) continue;
      if (mayCheck < length) return 'unknown';
      mayCheck -= length;
      if (frameAt(read, start + at, size)) return 'one';
    }
  }
  return 'none';
}
