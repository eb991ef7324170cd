/**
 * Where the worst row stands that is not worse than this share of a board, in percent: the last index whose own share, as a
 * standing tells it, reaches it. The script of a board in one slot does the same (scripts/pages.lua).
 */
export function indexAtShare(total: number, share: number): number {
  const shareAt = (index: number): number => (100 * (total - index)) / total;
  let index = Math.floor((total * (100 - share)) / 100);
  while (index > 0 && shareAt(index) < share) index--;
  while (index + 1 < total && shareAt(index + 1) >= share) index++;
  return Math.min(total - 1, index);
}
