import { type Command, defineScript, fragments, type Reply } from '@penknife/core';
import type { KeysOfGroup } from '../keys.js';
import { countFailure, forget, hand, owned, waitingConsumer } from '../scripts/fragments.js';
import retryLua from '../scripts/retry.lua';
import retryHereLua from '../scripts/retry-here.lua';
import { type Delivery, type Owner, type SettleStatus, statusOf } from './delivery.js';

const retry = defineScript({
  name: 'streams/retry',
  lua: retryLua,
  fragments: [fragments.nowMs, owned, forget, hand, countFailure],
  keys: 3,
  args: 6,
  repeatable: true,
  read: (reply: Reply): SettleStatus => statusOf(reply, 'streams/retry'),
});

/** Puts an entry back for a later try. */
export function retryLater(
  keys: KeysOfGroup,
  { group, consumer }: Owner,
  { id, deliveries }: Delivery,
  delayMs: number,
): Command<SettleStatus> {
  return retry(
    [keys.log, keys.retry, keys.failures],
    [group, consumer, id, deliveries, Math.ceil(delayMs), waitingConsumer],
  );
}

const here = defineScript({
  name: 'streams/retry-here',
  lua: retryHereLua,
  fragments: [fragments.nowMs, owned, forget, hand, countFailure],
  keys: 2,
  args: 4,
  read: (reply: Reply): SettleStatus => statusOf(reply, 'streams/retry-here'),
});

/** Counts a failure of an entry that stays ours, as the next delivery. Not repeatable: the delivery is another then. */
export function retryHere(
  keys: KeysOfGroup,
  { group, consumer }: Owner,
  { id, deliveries }: Delivery,
): Command<SettleStatus> {
  return here([keys.log, keys.failures], [group, consumer, id, deliveries]);
}
