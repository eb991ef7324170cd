import lexicographicLua from '../scripts/lexicographic.lua';
import lexicographicDigitsLua from '../scripts/lexicographic-digits.lua';
import lexicographicRangesLua from '../scripts/lexicographic-ranges.lua';
import lexicographicWritesLua from '../scripts/lexicographic-writes.lua';
import packedLua from '../scripts/packed.lua';
import packedDigitsLua from '../scripts/packed-digits.lua';
import packedRangesLua from '../scripts/packed-ranges.lua';
import packedWritesLua from '../scripts/packed-writes.lua';
import type { Layout } from './layout.js';

/** How the scripts keep places: the same functions of every layout, on another store. Each script takes what it needs. */
export interface LayoutLua {
  /** Where members stand. */
  readonly places: string;
  /** How they come there, and leave. */
  readonly writes: string;
  /** Counts of ranges. */
  readonly ranges: string;
  /** The digits of a place. */
  readonly digits: string;
}

/** The Lua of each layout. */
export const layoutLua: Readonly<Record<Layout['kind'], LayoutLua>> = {
  packed: {
    places: packedLua,
    writes: packedWritesLua,
    ranges: packedRangesLua,
    digits: packedDigitsLua,
  },
  lexicographic: {
    places: lexicographicLua,
    writes: lexicographicWritesLua,
    ranges: lexicographicRangesLua,
    digits: lexicographicDigitsLua,
  },
};
