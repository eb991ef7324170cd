import { types } from 'node:util';

/**
 * Reads a body that may be stored, which may also be one that never ends: up to a size, and until reading is given up. Undefined:
 * it was not read to its end.
 */
export async function readBody(
  { body }: Response,
  maxBytes: number,
  signal: AbortSignal,
): Promise<Uint8Array | undefined> {
  if (body === null) return new Uint8Array();
  const reader: ReadableStreamDefaultReader<Uint8Array> = body.getReader();
  // Of a body that somebody else reads as well, this ends when he is done.
  const giveUp = (): void => void reader.cancel().catch(() => undefined);
  signal.addEventListener('abort', giveUp, { once: true });
  if (signal.aborted) giveUp();
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      // What is no bytes is somebody else's to write, and has no length.
      if (types.isUint8Array(next.value)) length += next.value.byteLength;
      else length = Number.POSITIVE_INFINITY;
      if (length > maxBytes) {
        giveUp();
        return undefined;
      }
      chunks.push(next.value);
    }
  } finally {
    signal.removeEventListener('abort', giveUp);
  }
  if (signal.aborted) return undefined;
  const whole = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.byteLength;
  }
  return whole;
}
