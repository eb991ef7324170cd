import type { Family } from '../support/family.js';
import { geo } from './geo.js';
import { hashes } from './hashes.js';
import { hyperloglogs } from './hyperloglogs.js';
import { keys } from './keys.js';
import { largeCollections } from './large-collections.js';
import { lists } from './lists.js';
import { messages } from './messages.js';
import { sets } from './sets.js';
import { lexicalRanges, sortedSets } from './sorted-sets.js';
import { sorting } from './sorting.js';
import { streams } from './streams.js';
import { bitmaps, strings } from './strings.js';

/** All families, each compared on its own. */
export const families: readonly Family[] = [
  ...[strings, bitmaps, keys, hashes, lists, sets, sortedSets, lexicalRanges],
  ...[largeCollections, streams, sorting, messages, geo, hyperloglogs],
];

const mixable = families.filter(
  (family) => ![lexicalRanges, largeCollections, sorting, hyperloglogs].includes(family),
);

/** The forms of the families on the same keys; not those of lexical ranges and sorting, which need keys of their own, nor large ones. */
export const mixed: Family = {
  name: 'mixed',
  fillers: mixable.flatMap(({ fillers }) => fillers ?? []),
  forms: mixable.flatMap(({ forms }) => forms),
};
