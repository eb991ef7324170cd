import { insertBelow } from './insert.js';
import {
  type Branch,
  childFor,
  countMembers,
  createLeaf,
  type Leaf,
  lowerBound,
  type TreeNode,
} from './node.js';
import { removeBelow } from './remove.js';

/** Says whether (score, member) lies before a bound. Must be true up to some point of the order and false after it. */
export type Before = (score: number, member: string) => boolean;

/**
 * A counted B+ tree over (score, member): insertion, removal, rank and access by rank in O(log n), walks along the
 * linked leaves. Inner nodes know how many members lie below each child, so every range question becomes a question
 * of two ranks. It does not look members up by name: the sorted set keeps their scores.
 */
export class OrderTree {
  private root: TreeNode = createLeaf();
  private total = 0;

  get size(): number {
    return this.total;
  }

  /** Inserts a pair known to be absent. */
  insert(score: number, member: string): void {
    const sibling = insertBelow(this.root, score, member);
    this.total += 1;
    if (sibling === undefined) return;
    const root = this.root;
    const grown: Branch = {
      leaf: false,
      children: [root, sibling],
      counts: [countMembers(root), countMembers(sibling)],
      scores: [root.scores[0]!, sibling.scores[0]!],
      members: [root.members[0]!, sibling.members[0]!],
    };
    this.root = grown;
  }

  /** Removes the pair; false when it is not there. */
  delete(score: number, member: string): boolean {
    if (!removeBelow(this.root, score, member)) return false;
    this.total -= 1;
    while (!this.root.leaf && this.root.children.length <= 1)
      this.root = this.root.children[0] ?? createLeaf();
    return true;
  }

  /**
   * Gives a present member a new score in place, when it stays strictly between its two neighbours in one leaf.
   * False, and nothing changed, when it would have to move (or its neighbours are in other leaves).
   */
  adjust(score: number, member: string, newScore: number): boolean {
    let node = this.root;
    while (!node.leaf) node = node.children[childFor(node, score, member)]!;
    const { scores, members } = node;
    const index = lowerBound(node, score, member);
    const last = members.length - 1;
    if (index > 0) {
      const below = scores[index - 1]!;
      if (below > newScore || (below === newScore && members[index - 1]! > member)) return false;
    } else if (node.previous !== undefined) {
      return false;
    }
    if (index < last) {
      const above = scores[index + 1]!;
      if (above < newScore || (above === newScore && members[index + 1]! < member)) return false;
    } else if (node.next !== undefined) {
      return false;
    }
    scores[index] = newScore;
    return true;
  }

  /** How many pairs lie before (score, member): the rank of a present pair. */
  rank(score: number, member: string): number {
    let node = this.root;
    let rank = 0;
    while (!node.leaf) {
      const at = childFor(node, score, member);
      const counts = node.counts;
      for (let child = 0; child < at; child += 1) rank += counts[child]!;
      node = node.children[at]!;
    }
    return rank + lowerBound(node, score, member);
  }

  /** How many pairs the predicate holds for: the rank of a bound. */
  countWhile(before: Before): number {
    let node = this.root;
    let rank = 0;
    while (!node.leaf) {
      const at = Math.max(0, partition(node, 1, before) - 1);
      for (let child = 0; child < at; child += 1) rank += node.counts[child]!;
      node = node.children[at]!;
    }
    return rank + partition(node, 0, before);
  }

  /**
   * Visits `count` pairs from the one at `rank` on, upwards or downwards; stops at the end, or when `visit` returns
   * false. The tree must not change meanwhile.
   */
  walk(
    rank: number,
    count: number,
    reverse: boolean,
    // biome-ignore lint/suspicious/noConfusingVoidType: a visitor without a result goes on
    visit: (member: string, score: number) => boolean | void,
  ): void {
    if (rank < 0 || rank >= this.total) return;
    let node = this.root;
    let index = rank;
    while (!node.leaf) {
      let child = 0;
      while (index >= node.counts[child]!) {
        index -= node.counts[child]!;
        child += 1;
      }
      node = node.children[child]!;
    }
    let leaf: Leaf | undefined = node;
    const step = reverse ? -1 : 1;
    for (let left = count; left > 0 && leaf !== undefined; ) {
      for (; left > 0 && index >= 0 && index < leaf.members.length; index += step, left -= 1) {
        if (visit(leaf.members[index]!, leaf.scores[index]!) === false) return;
      }
      if (left <= 0) return;
      leaf = reverse ? leaf.previous : leaf.next;
      index = reverse && leaf !== undefined ? leaf.members.length - 1 : 0;
    }
  }

  /** Position of a member by linear search, only for a tree of one leaf (at most 64 members); -1 when absent. */
  smallIndexOf(member: string): number {
    return this.root.members.indexOf(member);
  }

  /** Score at a position of a tree of one leaf. */
  smallScoreAt(index: number): number {
    return this.root.scores[index]!;
  }
}

/** First index from `from` on where the predicate is false. */
function partition(
  node: { readonly scores: number[]; readonly members: string[] },
  from: number,
  before: Before,
): number {
  let low = from;
  let high = node.members.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (before(node.scores[middle]!, node.members[middle]!)) low = middle + 1;
    else high = middle;
  }
  return low;
}
