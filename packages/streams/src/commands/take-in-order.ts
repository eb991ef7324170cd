import { type Command, defineScript, type Reply, refuse } from '@penknife/core';
import { textOf } from '../entry/raw-entry.js';
import type { KeysOfGroup } from '../keys.js';
import { forget, isBefore, rows, take, waitingConsumer } from '../scripts/fragments.js';
import takeOrderedLua from '../scripts/take-ordered.lua';
import { type Claimed, readClaimed } from './claimed.js';
import type { Owner } from './delivery.js';

const ordered = defineScript({
  name: 'streams/take-ordered',
  lua: takeOrderedLua,
  fragments: [forget, take, rows, isBefore],
  keys: 'any',
  args: 'any',
  bytes: true,
  read(reply: Reply): TakenInOrder {
    const [, , more, blockedMs, removed] = Array.isArray(reply) ? reply : [];
    if (typeof blockedMs !== 'number' || !Array.isArray(removed)) {
      return refuse('streams/take-ordered', 'an array of 5', reply);
    }
    return {
      ...readClaimed(reply, 'streams/take-ordered'),
      more: more === 1,
      blockedMs: blockedMs < 0 ? null : blockedMs,
      tenureOver: blockedMs === tenureOver,
      removed: removed.map((name: Reply) => textOf(name, 'streams/take-ordered')),
    };
  },
});

/** What was taken in the order of the log. */
export interface TakenInOrder extends Claimed {
  readonly more: boolean;
  /** When a living consumer's entry stopped it: until that can expire at the earliest. */
  readonly blockedMs: number | null;
  /** The partition is not this member's any more: nothing was taken. */
  readonly tenureOver: boolean;
  readonly removed: readonly string[];
}

const tenureOver = -2;

/** Who has a partition, and in which generation. */
export interface Holder {
  readonly member: string;
  readonly generation: number;
}

/** Takes entries in the order of the log, up to the first that a living consumer holds; with a tenure also beyond. */
export function takeInOrder(
  keys: KeysOfGroup,
  { group, consumer }: Owner,
  how: {
    readonly limit: number;
    readonly leaseMs: number;
    readonly idleMs: number | '';
    /** Ids of what the consumer holds: whatever else is pending in its name is taken, too. */
    readonly held: Iterable<string>;
    /** What it let go before any handler saw it, with the number of its delivery: it is taken again as the same. */
    readonly letGo: ReadonlyMap<string, number>;
    /** So is a first delivery of a higher id than this: it never came (`''`: unknown). */
    readonly newest: string;
  },
  holder?: Holder,
): Command<TakenInOrder> {
  const { limit, leaseMs, idleMs, held, letGo, newest } = how;
  return ordered(
    [keys.log, keys.retry, keys.failures, ...(holder ? [keys.tenure] : [])],
    [
      group,
      consumer,
      waitingConsumer,
      limit,
      leaseMs,
      idleMs,
      holder?.member ?? '',
      holder?.generation ?? '',
      newest,
      letGo.size,
      ...[...letGo].flat(),
      ...held,
    ],
  );
}
