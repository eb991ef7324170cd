import { type Command, defineScript, fragments, type Reply, refuse } from '@penknife/core';
import type { KeysOfGroup } from '../keys.js';
import claimDueLua from '../scripts/claim-due.lua';
import { dueIn, forget, owned, take, waitingConsumer } from '../scripts/fragments.js';
import reclaimOwnLua from '../scripts/reclaim-own.lua';
import { type Claimed, readClaimed } from './claimed.js';
import type { Delivery, Owner } from './delivery.js';

// Claims are not repeatable: a second run would not give again what the first one took. What a lost reply took is found
// in the consumer's own pending list.
const due = defineScript({
  name: 'streams/claim-due',
  lua: claimDueLua,
  fragments: [fragments.nowMs, forget, take, dueIn],
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

const own = defineScript({
  name: 'streams/reclaim-own',
  lua: reclaimOwnLua,
  fragments: [owned, forget, take],
  keys: 3,
  args: 'any',
  bytes: true,
  read: (reply: Reply): Claimed => readClaimed(reply, 'streams/reclaim-own'),
});

/** Takes what is pending in the consumer's own name, as a further delivery; what never came to it as the same. */
export function reclaimOwn(
  keys: KeysOfGroup,
  { group, consumer }: Owner,
  deliveries: readonly Delivery[],
  neverCame: (delivery: Delivery) => boolean,
): Command<Claimed> {
  const each = deliveries.flatMap((one) => [
    one.id,
    one.deliveries,
    one.deliveries + (neverCame(one) ? 0 : 1),
  ]);
  return own([keys.log, keys.retry, keys.failures], [group, consumer, ...each]);
}
