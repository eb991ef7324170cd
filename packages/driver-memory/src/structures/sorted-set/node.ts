/**
 * A leaf of the order tree: parallel columns of scores and members in (score, member) order, and links to the
 * neighbouring leaves for walks.
 */
export interface Leaf {
  readonly leaf: true;
  readonly scores: number[];
  readonly members: string[];
  next: Leaf | undefined;
  previous: Leaf | undefined;
}

/**
 * An inner node: children, how many members lie below each, and a low key for each child. Every key under child c is
 * at or above low key c and every key under child c - 1 is below it; low keys need not be present in the set.
 */
export interface Branch {
  readonly leaf: false;
  readonly children: TreeNode[];
  readonly counts: number[];
  readonly scores: number[];
  readonly members: string[];
}

export type TreeNode = Leaf | Branch;

/** Most members in a leaf: a middle that was not compared with others; more costs insertion, less costs memory. */
export const LEAF_CAPACITY: number = 64;

/** Most children of a branch. */
export const BRANCH_CAPACITY: number = 64;

/** An empty leaf without neighbours. */
export function createLeaf(): Leaf {
  return { leaf: true, scores: [], members: [], next: undefined, previous: undefined };
}

/** Members below a node. */
export function countMembers(node: TreeNode): number {
  if (node.leaf) return node.members.length;
  let total = 0;
  for (const count of node.counts) total += count;
  return total;
}

/** Inserts into an array of at most a few dozen items: a plain loop, faster than splice at this length. */
export function insertAt<T>(items: T[], index: number, item: T): void {
  let position = items.length;
  items.push(item);
  for (; position > index; position -= 1) items[position] = items[position - 1]!;
  items[position] = item;
}

/** Removes from a short array by moving the rest down. */
export function removeAt<T>(items: T[], index: number): void {
  const last = items.length - 1;
  for (let position = index; position < last; position += 1) items[position] = items[position + 1]!;
  items.pop();
}

/** First position in the columns whose key is at or above (score, member). */
export function lowerBound(
  node: { readonly scores: number[]; readonly members: string[] },
  score: number,
  member: string,
): number {
  const { scores, members } = node;
  let low = 0;
  let high = members.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const other = scores[middle]!;
    if (other < score || (other === score && members[middle]! < member)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The child under which (score, member) lies or would lie. */
export function childFor(branch: Branch, score: number, member: string): number {
  const { scores, members } = branch;
  let low = 1;
  let high = members.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const other = scores[middle]!;
    if (other < score || (other === score && members[middle]! <= member)) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
