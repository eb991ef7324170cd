import type { Before } from './order-tree.js';

/** One end of a score range: the score and whether it is left out, as in `(1.5`. */
export interface ScoreBound {
  readonly score: number;
  readonly exclusive: boolean;
}

/** One end of a range by member bytes: `-`, `+`, or `[member` / `(member`. */
export type LexBound = '-' | '+' | { readonly member: string; readonly exclusive: boolean };

/** What lies before a range starting at this score. */
export function beforeScoreMinimum(minimum: ScoreBound): Before {
  const { score: limit, exclusive } = minimum;
  return exclusive ? (score) => score <= limit : (score) => score < limit;
}

/** What lies before the end of a range up to this score, range included. */
export function upToScoreMaximum(maximum: ScoreBound): Before {
  const { score: limit, exclusive } = maximum;
  return exclusive ? (score) => score < limit : (score) => score <= limit;
}

/** What lies before a range starting at this member. Meaningful only when all scores are equal, as in Redis. */
export function beforeLexMinimum(minimum: LexBound): Before {
  if (minimum === '-') return () => false;
  if (minimum === '+') return () => true;
  const { member: limit, exclusive } = minimum;
  return exclusive ? (_score, member) => member <= limit : (_score, member) => member < limit;
}

/** What lies before the end of a range up to this member, range included. */
export function upToLexMaximum(maximum: LexBound): Before {
  if (maximum === '-') return () => false;
  if (maximum === '+') return () => true;
  const { member: limit, exclusive } = maximum;
  return exclusive ? (_score, member) => member < limit : (_score, member) => member <= limit;
}
