import type { CallOptions } from '@penknife/core';
import type { Finalized, FinalizeOptions, FinalRow } from './final-result.js';
import type { Column, Score, SubmittedScore } from './order/column.js';
import type { Friend, Page, Row, Standing } from './rows.js';
import type { TiePolicy } from './ties.js';

/** What a read may say. */
export interface ReadOptions extends CallOptions {
  /** How equals share a rank. Default: the leaderboard's. */
  readonly ties?: TiePolicy;
  /** False leaves metadata out. Default true, where the leaderboard has metadata. */
  readonly metadata?: boolean;
}

/** What a read of rows may say. */
export interface PageOptions extends ReadOptions {
  /** Rows, 1 to 1000. Default 10 (11 around a member). */
  readonly count?: number;
}

/** What a read of friends may say. */
export interface FriendsOptions extends ReadOptions {
  /** Also tells the ranks in the whole. Default false. */
  readonly global?: boolean;
}

/** How a member stood at the end of some stretch of time. */
export interface Sample<O extends readonly Column[]> {
  /** When the stretch began. */
  readonly atMs: number;
  /** As the ordinal policy counts. */
  readonly rank: number;
  readonly score: Score<O>;
}

/** Which snapshot is meant. */
export interface SnapshotOptions extends CallOptions {
  /** So many stretches of time ago; 0 is the one now. Default 1. */
  readonly ago?: number;
}

/** The best rows of a board as they were once. Ranks are places, as the ordinal policy counts. */
export interface Snapshot<O extends readonly Column[]> {
  /** When it was taken. */
  readonly atMs: number;
  /** True for the one call that took it. */
  readonly first: boolean;
  /** Members on the board then. */
  readonly total: number;
  readonly rows: readonly FinalRow<O>[];
}

/** How a member moved since a snapshot. Ranks are places, as the ordinal policy counts. */
export interface Movement {
  readonly member: string;
  readonly rank: number;
  /** Null: not among the rows of the snapshot, or there is none. */
  readonly previous: number | null;
  /** Ranks gained (negative: lost); null like `previous`. */
  readonly delta: number | null;
}

/** A value of the first column. */
export type FirstValue<O extends readonly Column[]> =
  SubmittedScore<readonly [O[0]]> extends infer S ? S[keyof S] : never;

/** What `view` is asked for: any of these, of one instant. */
export interface ViewRequest {
  /** So many of the best. */
  readonly top?: number;
  /** The surroundings of this member. */
  readonly around?: string;
  /** Rows around the member. Default 11. */
  readonly aroundCount?: number;
  /** How these stand in the whole. */
  readonly members?: readonly string[];
}

/** What `view` gives: pages, ranks and surroundings that agree, because they were read in one atomic act. */
export interface View<O extends readonly Column[], M> {
  readonly total: number;
  /** Empty when not asked for. */
  readonly top: readonly Row<O, M>[];
  /** Null when not asked for, or when the member is not on the board. */
  readonly around: readonly Row<O, M>[] | null;
  /** In the order asked for; null for those who are not on the board. */
  readonly members: readonly (Standing<O, M> | null)[];
}

/**
 * One board of a leaderboard, for reading. Every read is one command and one atomic look (over shards: one of each, at its own
 * instant). Rows come best first; equals in the order of the time columns, then of the bytes of their names.
 */
export interface Board<O extends readonly Column[], M> {
  readonly name: string;
  /** The best. */
  top(options?: PageOptions): Promise<Page<O, M>>;
  /** Rows from a rank on, as the ordinal policy counts, from 1. */
  page(options: PageOptions & { readonly from: number }): Promise<Page<O, M>>;
  /**
   * Rows from one score to another, both included, the better one first. A score may leave trailing columns out: then all
   * scores that begin so are meant.
   */
  between(
    from: Partial<SubmittedScore<O>>,
    to: Partial<SubmittedScore<O>>,
    options?: PageOptions,
  ): Promise<Page<O, M>>;
  /** The member amid `count` rows, moved where an end of the board is near so that they stay `count`. Null: not on the board. */
  around(member: string, options?: PageOptions): Promise<Page<O, M> | null>;
  /**
   * Goes on after the last row of a page, given as its `next`, in the same period. Members whose score stays are met exactly
   * once, whoever else comes, goes or moves meanwhile; one that moves may be met twice or not at all.
   */
  after(cursor: string, options?: PageOptions): Promise<Page<O, M>>;
  /** How a member stands. Null: not on the board. */
  rank(member: string, options?: ReadOptions): Promise<Standing<O, M> | null>;
  /** How up to 200 members stand, in the order given. */
  ranks(members: readonly string[], options?: ReadOptions): Promise<readonly (Standing<O, M> | null)[]>;
  /** The worst row that is not worse than this share of the members, in percent: 100 is the best, 50 the middle. Null: nobody. */
  atPercentile(percent: number, options?: ReadOptions): Promise<Row<O, M> | null>;
  /**
   * How many members lie in each range of the first column: `edges` of 2 to 100 values, from the worst to the best, give one
   * count less. A range holds its worse edge, and not its better one, but for the best of them.
   */
  histogram(edges: readonly FirstValue<O>[], options?: CallOptions): Promise<readonly number[]>;
  /** The line of a member's past, the oldest first; empty where there is none. Needs `history` on the board. */
  history(member: string, options?: CallOptions): Promise<readonly Sample<O>[]>;
  /**
   * Keeps the best rows as they are now, once a stretch of time: whoever calls again gets what the first call kept. Call it
   * from a scheduler. Needs `snapshots` on the board.
   */
  snapshot(options?: CallOptions): Promise<Snapshot<O>>;
  /** A snapshot that was taken; null: nobody took it, or it is not kept any more. Needs `snapshots` on the board. */
  past(options?: SnapshotOptions): Promise<Snapshot<O> | null>;
  /**
   * How up to 200 members moved since a snapshot, by default that of the stretch before this one: "since yesterday" with
   * `every: '1d'`. In the order given; null for those who are not on the board. Needs `snapshots` on the board.
   */
  movement(members: readonly string[], options?: SnapshotOptions): Promise<readonly (Movement | null)[]>;
  /**
   * Up to 1000 members ranked among themselves; those not on the board are left out. One ZMSCORE, whatever the board's
   * size; with `global` (up to 200 members) also their ranks in the whole.
   */
  friends(members: readonly string[], options?: FriendsOptions): Promise<readonly Friend<O, M>[]>;
  /** Several reads of one instant. */
  view(request: ViewRequest, options?: ReadOptions): Promise<View<O, M>>;
  /** Members on the board. */
  count(options?: CallOptions): Promise<number>;
  /**
   * Freezes the final result of a period that takes no more scores (`board('weekly', { ago: 1 })`): it is written once and the
   * same for all who ask. Hands the rewards over, each at least once under a stable id.
   */
  finalize(options?: FinalizeOptions<O>): Promise<Finalized<O>>;
  /** Takes a member off this board, with its metadata. True when it was there. */
  remove(member: string, options?: CallOptions): Promise<boolean>;
}
