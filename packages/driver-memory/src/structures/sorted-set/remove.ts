import {
  BRANCH_CAPACITY,
  type Branch,
  childFor,
  LEAF_CAPACITY,
  type Leaf,
  lowerBound,
  removeAt,
  type TreeNode,
} from './node.js';

/**
 * Removes (score, member) below the node; false when it is not there. Empty children go at once; a child under a
 * quarter full joins a neighbour when both fit in three quarters, so that a removal never causes the next split.
 */
export function removeBelow(node: TreeNode, score: number, member: string): boolean {
  if (node.leaf) {
    const index = lowerBound(node, score, member);
    if (node.members[index] !== member || node.scores[index] !== score) return false;
    removeAt(node.scores, index);
    removeAt(node.members, index);
    return true;
  }
  const at = childFor(node, score, member);
  if (!removeBelow(node.children[at]!, score, member)) return false;
  node.counts[at] = node.counts[at]! - 1;
  if (node.counts[at] === 0) dropChild(node, at);
  else if (isSparse(node.children[at]!)) {
    if (!joinWithNext(node, at)) joinWithNext(node, at - 1);
  }
  return true;
}

function isSparse(node: TreeNode): boolean {
  return node.leaf ? node.members.length < LEAF_CAPACITY / 4 : node.children.length < BRANCH_CAPACITY / 4;
}

function dropChild(branch: Branch, at: number): void {
  const child = branch.children[at]!;
  if (child.leaf) unlink(child);
  removeColumn(branch, at);
}

function removeColumn(branch: Branch, at: number): void {
  removeAt(branch.children, at);
  removeAt(branch.counts, at);
  removeAt(branch.scores, at);
  removeAt(branch.members, at);
}

function unlink(leaf: Leaf): void {
  if (leaf.previous !== undefined) leaf.previous.next = leaf.next;
  if (leaf.next !== undefined) leaf.next.previous = leaf.previous;
}

function joinWithNext(branch: Branch, at: number): boolean {
  const left = branch.children[at];
  const right = branch.children[at + 1];
  if (left === undefined || right === undefined) return false;
  if (left.leaf && right.leaf) {
    if (left.members.length + right.members.length > LEAF_CAPACITY * 0.75) return false;
    unlink(right);
  } else if (!left.leaf && !right.leaf) {
    if (left.children.length + right.children.length > BRANCH_CAPACITY * 0.75) return false;
    // The first low key of the right branch may lie above keys inserted since below it: take the parent's.
    right.scores[0] = branch.scores[at + 1]!;
    right.members[0] = branch.members[at + 1]!;
    for (const child of right.children) left.children.push(child);
    for (const count of right.counts) left.counts.push(count);
  }
  for (const score of right.scores) left.scores.push(score);
  for (const member of right.members) left.members.push(member);
  branch.counts[at] = branch.counts[at]! + branch.counts[at + 1]!;
  removeColumn(branch, at + 1);
  return true;
}
