import { compareIds, type StreamId } from './stream-id.js';
import type { StreamLog, StreamNode } from './stream-log.js';

/**
 * How far to trim: to at most `maxLength` entries, or to the entries at or after `minimumId`. `approximate` (`~`)
 * removes whole nodes only. `limit` bounds the entries removed by one call; 0 is no bound (LIMIT of XTRIM).
 */
export type TrimRule = (
  | { readonly maxLength: number; readonly minimumId?: never }
  | { readonly minimumId: StreamId; readonly maxLength?: never }
) & { readonly approximate: boolean; readonly limit: number };

/** The LIMIT that `~` has when none is given: 100 nodes of entries, or 10000 without a node limit (Redis' default). */
export function defaultTrimLimit(nodeMaxEntries: number): number {
  if (nodeMaxEntries === 0) return 10_000;
  return Math.min(nodeMaxEntries * 100, 1_000_000);
}

/** Removes the oldest entries by the rule and returns how many went. Node granularity is that of Redis. */
export function trimLog(log: StreamLog, rule: TrimRule): number {
  const nodes = log.nodes;
  let removed = 0;
  let whole = 0;
  for (; whole < nodes.length; whole += 1) {
    if (rule.maxLength !== undefined && log.length <= rule.maxLength) break;
    const node = nodes[whole]!;
    if (rule.limit > 0 && removed + node.live > rule.limit) break;
    if (!isWholeNodeDue(log, node, rule)) {
      if (!rule.approximate) removed += trimInside(log, node, rule);
      break;
    }
    log.length -= node.live;
    removed += node.live;
  }
  if (whole > 0) nodes.splice(0, whole);
  return removed;
}

function isWholeNodeDue(log: StreamLog, node: StreamNode, rule: TrimRule): boolean {
  if (rule.maxLength !== undefined) return log.length - node.live >= rule.maxLength;
  const last = node.ms.length - 1;
  return compareIds({ ms: node.ms[last]!, seq: node.seq[last]! }, rule.minimumId) < 0;
}

function trimInside(log: StreamLog, node: StreamNode, rule: TrimRule): number {
  let removed = 0;
  for (let index = 0; index < node.ms.length; index += 1) {
    if (rule.maxLength !== undefined) {
      if (log.length <= rule.maxLength) break;
    } else if (compareIds({ ms: node.ms[index]!, seq: node.seq[index]! }, rule.minimumId) >= 0) {
      break;
    }
    if (node.fields[index] === undefined) continue;
    node.fields[index] = undefined;
    node.live -= 1;
    log.length -= 1;
    removed += 1;
  }
  return removed;
}
