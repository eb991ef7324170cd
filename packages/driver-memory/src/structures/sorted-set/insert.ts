import {
  BRANCH_CAPACITY,
  type Branch,
  childFor,
  countMembers,
  insertAt,
  LEAF_CAPACITY,
  type Leaf,
  lowerBound,
  type TreeNode,
} from './node.js';

/**
 * Inserts an absent (score, member) below the node. Returns the new right neighbour when the node had to split;
 * its first low key (or first member) is the separator. The caller adds both to the parent.
 */
export function insertBelow(node: TreeNode, score: number, member: string): TreeNode | undefined {
  if (node.leaf) {
    const index = lowerBound(node, score, member);
    insertAt(node.scores, index, score);
    insertAt(node.members, index, member);
    return node.members.length > LEAF_CAPACITY ? splitLeaf(node, index) : undefined;
  }
  const at = childFor(node, score, member);
  const child = node.children[at]!;
  const sibling = insertBelow(child, score, member);
  if (sibling === undefined) {
    node.counts[at] = node.counts[at]! + 1;
    return undefined;
  }
  const moved = countMembers(sibling);
  node.counts[at] = node.counts[at]! + 1 - moved;
  insertAt(node.children, at + 1, sibling);
  insertAt(node.counts, at + 1, moved);
  insertAt(node.scores, at + 1, sibling.scores[0]!);
  insertAt(node.members, at + 1, sibling.members[0]!);
  return node.children.length > BRANCH_CAPACITY ? splitBranch(node, at + 1) : undefined;
}

function splitLeaf(leaf: Leaf, insertedAt: number): Leaf {
  const size = leaf.members.length;
  // Rising scores (time lines, counters) always hit the last leaf: leave it full instead of half empty.
  const keep = leaf.next === undefined && insertedAt === size - 1 ? size - 1 : size >>> 1;
  const right: Leaf = {
    leaf: true,
    scores: leaf.scores.slice(keep),
    members: leaf.members.slice(keep),
    next: leaf.next,
    previous: leaf,
  };
  leaf.scores.length = keep;
  leaf.members.length = keep;
  if (leaf.next !== undefined) leaf.next.previous = right;
  leaf.next = right;
  return right;
}

function splitBranch(branch: Branch, insertedAt: number): Branch {
  const size = branch.children.length;
  const keep = insertedAt === size - 1 ? size - 2 : size >>> 1;
  const right: Branch = {
    leaf: false,
    children: branch.children.slice(keep),
    counts: branch.counts.slice(keep),
    scores: branch.scores.slice(keep),
    members: branch.members.slice(keep),
  };
  branch.children.length = keep;
  branch.counts.length = keep;
  branch.scores.length = keep;
  branch.members.length = keep;
  return right;
}
