import { InvalidArgumentError, jsonCodec, seal, unseal } from '@penknife/core';

/** The largest result or progress, encoded. */
const mostBytes = 1_048_576;

/** A result or progress as it travels, which is JSON; nothing for undefined. Throws `CodecError` or `InvalidArgumentError`. */
export function encodeAnswer(argument: 'result' | 'progress', value: unknown): string {
  if (value === undefined) return '';
  const sealed = seal(jsonCodec, value) as string;
  const bytes = Buffer.byteLength(sealed);
  if (bytes > mostBytes)
    throw new InvalidArgumentError(argument, `must be at most ${mostBytes} bytes when encoded`, bytes);
  return sealed;
}

/** What was encoded; undefined for what cannot be read. */
export function decodeAnswer(payload: Uint8Array): unknown {
  const unsealed = unseal(payload);
  if (unsealed.kind === 'foreign' || unsealed.codecId !== jsonCodec.id) return undefined;
  try {
    return jsonCodec.decode(unsealed.body);
  } catch {
    return undefined;
  }
}
