import { failure } from '../../engine/errors.js';
import { parseLexBound, parseScoreBound } from '../../structures/numbers/parse-score.js';
import type { LexBound, ScoreBound } from '../../structures/sorted-set/bounds.js';
import type { RankRange, SortedSet } from '../../structures/sorted-set/sorted-set.js';

const badScore = failure('min or max is not a float');
const badLex = failure('min or max not valid string range item');

/** Both ends of a score range. */
function scoreBounds(low: string, high: string): readonly [ScoreBound, ScoreBound] {
  const minimum = parseScoreBound(low);
  const maximum = parseScoreBound(high);
  if (minimum === undefined || maximum === undefined) throw badScore;
  return [minimum, maximum];
}

/** Both ends of a range by member bytes. */
function lexBounds(low: string, high: string): readonly [LexBound, LexBound] {
  const minimum = parseLexBound(low);
  const maximum = parseLexBound(high);
  if (minimum === undefined || maximum === undefined) throw badLex;
  return [minimum, maximum];
}

/** How a range is given. */
export type RangeKind = 'index' | 'score' | 'lex';

/** Reads the ends now (for their errors) and finds the ranks later. */
export function rangeFinder(kind: 'score' | 'lex', low: string, high: string): (set: SortedSet) => RankRange {
  if (kind === 'score') {
    const [minimum, maximum] = scoreBounds(low, high);
    return (set) => set.rangeByScore(minimum, maximum);
  }
  const [minimum, maximum] = lexBounds(low, high);
  return (set) => set.rangeByLex(minimum, maximum);
}
