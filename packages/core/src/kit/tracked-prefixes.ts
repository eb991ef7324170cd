import { InvalidArgumentError } from '../errors/invalid-argument-error.js';

/**
 * The key prefixes that a feed tracks; undefined: none. Servers refuse prefixes of which one begins another, and the refusal would
 * reach nobody, so they are checked here. Throws `InvalidArgumentError`.
 */
export function trackedPrefixes(prefixes: unknown): readonly string[] | undefined {
  if (prefixes === undefined) return undefined;
  if (!Array.isArray(prefixes) || prefixes.some((prefix) => typeof prefix !== 'string'))
    throw new InvalidArgumentError('tracking', 'must be an array of key prefixes', prefixes);
  prefixes.forEach((prefix: string, i) => {
    if (prefixes.some((other: string, j) => i !== j && other.startsWith(prefix)))
      throw new InvalidArgumentError('tracking', 'must not hold a prefix that begins another', prefix);
  });
  return prefixes;
}
