import { InvalidArgumentError } from '@penknife/core';

/** Pairs of key and value, as they were given; throws `InvalidArgumentError` for anything else. */
export function pairsOf<V>(
  argument: string,
  given: Iterable<readonly [string, V]>,
): readonly (readonly [string, V])[] {
  const rule = 'must be a map, or pairs of key and value';
  if (typeof (given as Partial<typeof given> | null | undefined)?.[Symbol.iterator] !== 'function')
    throw new InvalidArgumentError(argument, rule, given);
  const pairs = [...given];
  for (const pair of pairs)
    if (!Array.isArray(pair) || pair.length !== 2) throw new InvalidArgumentError(argument, rule, pair);
  return pairs;
}
