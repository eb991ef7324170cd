import { HashTable } from '../hash-table/hash-table.js';
import {
  beforeLexMinimum,
  beforeScoreMinimum,
  type LexBound,
  type ScoreBound,
  upToLexMaximum,
  upToScoreMaximum,
} from './bounds.js';
import { OrderTree } from './order-tree.js';

/** Up to this many members one leaf is the whole set and members are searched one by one. */
const SMALL_LIMIT = 32;

/** A half-open interval of ranks, counted from the lowest score: `from` to `to - 1`. Empty when to <= from. */
export interface RankRange {
  readonly from: number;
  readonly to: number;
}

/** A member with its score. */
export interface ScoredMember {
  readonly member: string;
  readonly score: number;
}

/**
 * A sorted set as Redis keeps it: byte-string members ordered by score, equal scores by member bytes. Every range
 * (by score, by member, by rank) is an interval of ranks found in O(log n), then walked or removed. Scores may be
 * infinite; -0 is kept and equals 0 in the order (Redis turns it into 0 while a set is packed small: the caller's
 * matter); NaN is refused with RangeError.
 */
export class SortedSet {
  private readonly tree = new OrderTree();
  private scores: HashTable<number> | undefined = undefined;

  get size(): number {
    return this.tree.size;
  }

  score(member: string): number | undefined {
    if (this.scores !== undefined) return this.scores.get(member);
    const index = this.tree.smallIndexOf(member);
    return index < 0 ? undefined : this.tree.smallScoreAt(index);
  }

  has(member: string): boolean {
    return this.score(member) !== undefined;
  }

  /** Adds the member or changes its score; `same` leaves the set as it was (0 and -0 are the same). */
  set(member: string, score: number): 'added' | 'changed' | 'same' {
    if (Number.isNaN(score)) throw new RangeError('A score of a sorted set must be a number, got NaN');
    const scores = this.scores;
    if (scores === undefined) return this.setSmall(member, score);
    const index = scores.indexOf(member);
    if (index < 0) {
      scores.insert(member, score);
      this.tree.insert(score, member);
      return 'added';
    }
    const old = scores.valueAt(index);
    if (old === score) return 'same';
    scores.replaceAt(index, score);
    this.move(member, old, score);
    return 'changed';
  }

  /** Removes the member; false when it was not there. */
  delete(member: string): boolean {
    const score = this.score(member);
    if (score === undefined) return false;
    this.scores?.delete(member);
    this.tree.delete(score, member);
    return true;
  }

  /** Rank from the lowest score, from 0; undefined when the member is not there. */
  rank(member: string): number | undefined {
    if (this.scores === undefined) {
      const index = this.tree.smallIndexOf(member);
      return index < 0 ? undefined : index;
    }
    const score = this.scores.get(member);
    return score === undefined ? undefined : this.tree.rank(score, member);
  }

  /** The member at a rank from the lowest score; undefined outside of the set. */
  at(rank: number): ScoredMember | undefined {
    return this.slice({ from: rank, to: rank + 1 })[0];
  }

  /** Ranks whose scores lie between the bounds. Its length is what ZCOUNT counts. */
  rangeByScore(minimum: ScoreBound, maximum: ScoreBound): RankRange {
    const from = this.tree.countWhile(beforeScoreMinimum(minimum));
    return { from, to: Math.max(from, this.tree.countWhile(upToScoreMaximum(maximum))) };
  }

  /** Ranks whose members lie between the bounds. Defined only when all scores are equal, as in Redis. */
  rangeByLex(minimum: LexBound, maximum: LexBound): RankRange {
    const from = this.tree.countWhile(beforeLexMinimum(minimum));
    return { from, to: Math.max(from, this.tree.countWhile(upToLexMaximum(maximum))) };
  }

  /** Ranks of an inclusive start and stop, where negative ones count from the end (-1 is the last), as in ZRANGE. */
  rangeByIndex(start: number, stop: number, reverse: boolean = false): RankRange {
    const size = this.size;
    const first = Math.max(0, start < 0 ? size + start : start);
    const last = Math.min(size - 1, stop < 0 ? size + stop : stop);
    if (first > last) return { from: 0, to: 0 };
    return reverse ? { from: size - 1 - last, to: size - first } : { from: first, to: last + 1 };
  }

  /**
   * Visits the members of a range, upwards or (reverse) from its end downwards, after skipping `offset` and at most
   * `count` of them. The set must not change meanwhile.
   */
  forEachIn(
    range: RankRange,
    visit: (member: string, score: number) => void,
    options: { readonly reverse?: boolean; readonly offset?: number; readonly count?: number } = {},
  ): void {
    const { reverse = false, offset = 0, count = Number.POSITIVE_INFINITY } = options;
    const from = Math.max(0, range.from);
    const to = Math.min(this.size, range.to);
    const start = reverse ? to - 1 - offset : from + offset;
    this.tree.walk(start, Math.min(count, to - from - offset), reverse, visit);
  }

  /** The members of a range as an array, with the options of `forEachIn`. */
  slice(
    range: RankRange,
    options?: { readonly reverse?: boolean; readonly offset?: number; readonly count?: number },
  ): ScoredMember[] {
    const result: ScoredMember[] = [];
    this.forEachIn(range, (member, score) => void result.push({ member, score }), options);
    return result;
  }

  /** Removes and returns the members of a range, lowest first. O(log n) each. */
  removeRange(range: RankRange): ScoredMember[] {
    const removed = this.slice(range);
    for (const { member, score } of removed) {
      this.scores?.delete(member);
      this.tree.delete(score, member);
    }
    return removed;
  }

  /** Removes and returns up to `count` members with the lowest scores, lowest first. */
  popMinimum(count: number): ScoredMember[] {
    return this.removeRange({ from: 0, to: count });
  }

  /** Removes and returns up to `count` members with the highest scores, highest first. */
  popMaximum(count: number): ScoredMember[] {
    return this.removeRange({ from: Math.max(0, this.size - count), to: this.size }).reverse();
  }

  /** Visits all members from the lowest score. The set must not change meanwhile. */
  forEach(visit: (member: string, score: number) => void): void {
    this.tree.walk(0, this.size, false, visit);
  }

  /** One step of ZSCAN with the guarantees of `KeySet.scan`; a small set comes whole, in score order. */
  scan(cursor: number, count: number, visit: (member: string, score: number) => void): number {
    const scores = this.scores;
    if (scores !== undefined)
      return scores.scan(cursor, count, (member, index) => visit(member, scores.valueAt(index)));
    this.forEach(visit);
    return 0;
  }

  private setSmall(member: string, score: number): 'added' | 'changed' | 'same' {
    const index = this.tree.smallIndexOf(member);
    if (index >= 0) {
      const old = this.tree.smallScoreAt(index);
      if (old === score) return 'same';
      this.move(member, old, score);
      return 'changed';
    }
    this.tree.insert(score, member);
    if (this.tree.size > SMALL_LIMIT) {
      const scores = new HashTable<number>();
      this.tree.walk(0, this.size, false, (name, value) => {
        scores.insert(name, value);
      });
      this.scores = scores;
    }
    return 'added';
  }

  private move(member: string, old: number, score: number): void {
    if (this.tree.adjust(old, member, score)) return;
    this.tree.delete(old, member);
    this.tree.insert(score, member);
  }
}
