import { type Command, defineScript, fragments, type Reply, refuse } from '@penknife/core';
import { type DeliveredEntry, readFields, textOf } from '../entry/raw-entry.js';
import type { KeysOfGroup } from '../keys.js';
import claimDueLua from '../scripts/claim-due.lua';
import claimExpiredLua from '../scripts/claim-expired.lua';
import { owned, take, waitingConsumer } from '../scripts/fragments.js';
import reclaimOwnLua from '../scripts/reclaim-own.lua';
import takeOrderedLua from '../scripts/take-ordered.lua';
import type { Delivery, Owner } from './settle.js';

/** What was taken over: entries to work on, and ids whose payload was trimmed while they were pending. */
export interface Claimed {
  readonly entries: readonly DeliveredEntry[];
  readonly lost: readonly string[];
}

// Claims are not repeatable: a second run would not give again what the first one took. What a lost reply took is found
// in the consumer's own pending list.
const due = defineScript({
  name: 'streams/claim-due',
  lua: claimDueLua,
  fragments: [fragments.nowMs, take],
  keys: 3,
  args: 4,
  bytes: true,
  read(reply: Reply): Claimed & { readonly nextDueMs: number | null } {
    const nextDue: Reply | undefined = Array.isArray(reply) ? reply[2] : undefined;
    if (typeof nextDue !== 'number') return refuse('streams/claim-due', 'an array of 3', reply);
    return { ...readClaimed(reply, 'streams/claim-due'), nextDueMs: nextDue < 0 ? null : nextDue };
  },
});

/** Takes the retries that are due, and tells in how many ms the next one is. */
export function claimDue(
  keys: KeysOfGroup,
  { group, consumer }: Owner,
  limit: number,
): Command<Claimed & { readonly nextDueMs: number | null }> {
  return due([keys.log, keys.retry, keys.failures], [group, consumer, waitingConsumer, limit]);
}

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
  fragments: [fragments.nowMs, take],
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

const own = defineScript({
  name: 'streams/reclaim-own',
  lua: reclaimOwnLua,
  fragments: [owned, take],
  keys: 3,
  args: 'any',
  bytes: true,
  read: (reply: Reply): Claimed => readClaimed(reply, 'streams/reclaim-own'),
});

/** Takes what is pending in the consumer's own name, as a further delivery. */
export function reclaimOwn(
  keys: KeysOfGroup,
  { group, consumer }: Owner,
  deliveries: readonly Delivery[],
): Command<Claimed> {
  return own(
    [keys.log, keys.retry, keys.failures],
    [group, consumer, ...deliveries.flatMap(({ id, deliveries: number }) => [id, number])],
  );
}

const ordered = defineScript({
  name: 'streams/take-ordered',
  lua: takeOrderedLua,
  fragments: [take],
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
    readonly held: number;
    readonly idleMs: number | '';
    /** Pending in the consumer's own name, but not held by it. */
    readonly unheld: readonly Delivery[];
  },
  holder?: Holder,
): Command<TakenInOrder> {
  const { limit, leaseMs, held, idleMs, unheld } = how;
  return ordered(
    [keys.log, keys.retry, keys.failures, ...(holder ? [keys.tenure] : [])],
    [
      group,
      consumer,
      waitingConsumer,
      limit,
      leaseMs,
      held,
      idleMs,
      holder?.member ?? '',
      holder?.generation ?? '',
      ...unheld.flatMap(({ id, deliveries }) => [id, deliveries]),
    ],
  );
}

function readClaimed(reply: Reply, command: string): Claimed {
  const [entries, lost] = Array.isArray(reply) ? reply : [];
  if (!Array.isArray(entries) || !Array.isArray(lost)) return refuse(command, 'entries and lost ids', reply);
  return {
    entries: entries.map((entry: Reply) => readDelivered(entry, command)),
    lost: lost.map((id: Reply) => textOf(id, command)),
  };
}

function readDelivered(reply: Reply, command: string): DeliveredEntry {
  const [id, fields, deliveries, failures] = Array.isArray(reply) ? reply : [];
  if (typeof deliveries !== 'number' || typeof failures !== 'number')
    return refuse(command, 'an entry', reply);
  return { id: textOf(id, command), fields: readFields(fields ?? null, command), deliveries, failures };
}
