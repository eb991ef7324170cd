import type { CallOptions } from '@penknife/core';
import type { Period } from './calendar/period.js';
import type { Column, Score } from './order/column.js';
import type { TiePolicy } from './ties.js';

/** A member of a final result. */
export interface FinalRow<O extends readonly Column[]> {
  readonly member: string;
  readonly rank: number;
  readonly score: Score<O>;
}

/** What a member has earned. */
export interface Award<O extends readonly Column[]> extends FinalRow<O> {
  /** The same whenever this award is handed over, and of no other: do nothing where it was seen before. */
  readonly id: string;
  readonly board: string;
  /** The value of what the board is split by. */
  readonly part: string | undefined;
  readonly period: Period;
}

/** What `finalize` is told. */
export interface FinalizeOptions<O extends readonly Column[]> extends CallOptions {
  /** Rows of the final result, 1 to 1000. Default 100. Only the first call decides. */
  readonly top?: number;
  /** How equals share a rank in it. Default: the leaderboard's. Only the first call decides. */
  readonly ties?: TiePolicy;
  /**
   * Takes each award, the best first, one after another. Every award is handed over at least once: one that rejects, or whose
   * process dies, is handed over again by the next `finalize`, under the same `id`.
   */
  readonly reward?: (award: Award<O>) => Promise<void> | void;
}

/** What became of a period. */
export type Finalized<O extends readonly Column[]> =
  /** It still takes scores: until its end and grace, by the server's clock. */
  | { readonly status: 'open'; readonly period: Period }
  /** Nobody finalized it before it was forgotten. */
  | { readonly status: 'gone'; readonly period: Period }
  | {
      readonly status: 'final';
      readonly period: Period;
      /** True for the one call that froze it. */
      readonly first: boolean;
      /** Members on the board when it was frozen. */
      readonly total: number;
      readonly rows: readonly FinalRow<O>[];
      /** Awards not handed over yet. */
      readonly pending: number;
      /** What `reward` rejected with, this time. */
      readonly failures: readonly Failure<O>[];
    };

/** An award that was not taken. */
export interface Failure<O extends readonly Column[]> {
  readonly award: Award<O>;
  readonly error: unknown;
}
