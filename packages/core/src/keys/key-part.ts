import { createHash } from 'node:crypto';
import { InvalidArgumentError } from '../errors/invalid-argument-error.js';

const plain = /^[A-Za-z0-9_.\-@+=/,]+$/;
/** Longest part, in bytes once encoded, that stands in a key as it is; a longer one is hashed. */
const longestPart = 160;

/**
 * Encodes user input as one part of a key: letters, digits and `_.-@+=/,` stay, anything else is percent-encoded, so input
 * can neither end its part (`:`), change the hash tag (`{}`), widen a glob (`*?[]\`), nor equal another input's encoding
 * (lone surrogates included). Above 160 bytes it becomes `~` and a sha256, which no unhashed part can start with.
 */
export function keyPart(value: string, argument: string): string {
  if (typeof value !== 'string' || value.length === 0) {
    throw new InvalidArgumentError(argument, 'must be a string that is not empty', value);
  }
  if (value.length <= longestPart && plain.test(value)) return value;
  let encoded = '';
  if (value.length <= longestPart) {
    for (const character of value) encoded += plain.test(character) ? character : percentEncoded(character);
    if (encoded.length <= longestPart) return encoded;
  }
  return `~${createHash('sha256').update(value, 'utf16le').digest('base64url')}`;
}

function percentEncoded(character: string): string {
  const unit = character.charCodeAt(0);
  if (character.length === 1 && unit >= 0xd800 && unit <= 0xdfff) return `%u${unit.toString(16)}`;
  return [...Buffer.from(character, 'utf8')].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
}
