import { InvalidArgumentError, keyPart } from '@penknife/core';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const escapes = /%u([0-9a-f]{4})|((?:%[0-9a-f]{2})+)/g;

/**
 * Encodes one parameter for a channel name, as `keyPart` does: nothing in it can end its segment, change the hash tag or
 * widen a glob. One that is too long to be read back from the name (160 bytes once encoded) is refused.
 */
export function encodeParameter(value: string, name: string): string {
  const encoded = keyPart(value, `parameter ${name}`);
  // `keyPart` hashes what is longer, and only then starts with a tilde.
  if (encoded.startsWith('~')) {
    throw new InvalidArgumentError(`parameter ${name}`, 'must have at most 160 bytes once encoded', value);
  }
  return encoded;
}

/** Reads a parameter back. Undefined for what `encodeParameter` never writes: such a channel is somebody else's. */
export function decodeParameter(encoded: string): string | undefined {
  if (encoded.length === 0) return undefined;
  if (!encoded.includes('%')) return isCanonical(encoded, encoded) ? encoded : undefined;
  try {
    const value = encoded.replace(escapes, (_, unit: string | undefined, bytes: string | undefined) =>
      unit !== undefined
        ? String.fromCharCode(Number.parseInt(unit, 16))
        : utf8.decode(Buffer.from((bytes ?? '').replaceAll('%', ''), 'hex')),
    );
    return isCanonical(value, encoded) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isCanonical(value: string, encoded: string): boolean {
  return value.length > 0 && keyPart(value, 'parameter') === encoded;
}
