import { type Command, defineScript, fragments, type Reply, refuse } from '@penknife/core';
import { textOf } from '../entry/raw-entry.js';
import type { KeysOfGroup } from '../keys.js';
import claimExpiredLua from '../scripts/claim-expired.lua';
import { comesAfter, forget, rows, take, waitingConsumer } from '../scripts/fragments.js';
import { type Claimed, readClaimed } from './claimed.js';
import type { Owner } from './delivery.js';

/** What a sweep found. */
export interface Swept extends Claimed {
  /** Consumers that were removed. */
  readonly removed: readonly string[];
  /** Where the next sweep goes on; empty when all consumers were looked at. */
  readonly cursor: string;
  /** Until something that another consumer holds can expire at the earliest. */
  readonly nextMs: number;
}

const expired = defineScript({
  name: 'streams/claim-expired',
  lua: claimExpiredLua,
  fragments: [fragments.nowMs, forget, take, rows, comesAfter],
  keys: 3,
  args: 8,
  bytes: true,
  read(reply: Reply): Swept {
    const [, , removed, cursor, nextMs] = Array.isArray(reply) ? reply : [];
    if (!Array.isArray(removed) || typeof nextMs !== 'number') {
      return refuse('streams/claim-expired', 'an array of 5', reply);
    }
    return {
      ...readClaimed(reply, 'streams/claim-expired'),
      removed: removed.map((name: Reply) => textOf(name, 'streams/claim-expired')),
      cursor: textOf(cursor, 'streams/claim-expired'),
      nextMs,
    };
  },
});

/** How a group is swept. */
export interface Sweep {
  readonly limit: number;
  readonly leaseMs: number;
  readonly consumerIdleMs: number;
  readonly maxConsumers: number;
  readonly cursor: string;
}

/** Takes over what dead consumers hold and removes idle ones that hold nothing. */
export function claimExpired(
  keys: KeysOfGroup,
  { group, consumer }: Owner,
  { limit, leaseMs, consumerIdleMs, maxConsumers, cursor }: Sweep,
): Command<Swept> {
  return expired(
    [keys.log, keys.retry, keys.failures],
    [group, consumer, waitingConsumer, limit, leaseMs, consumerIdleMs, maxConsumers, cursor],
  );
}
