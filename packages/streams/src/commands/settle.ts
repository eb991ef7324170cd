import { type Command, defineScript, fragments, type Reply, refuse } from '@penknife/core';
import { textOf } from '../entry/raw-entry.js';
import type { KeysOfGroup } from '../keys.js';
import ackLua from '../scripts/ack.lua';
import {
  finish,
  forget,
  isBefore,
  owned,
  ownedAmong,
  rows,
  waitingConsumer,
  wake,
} from '../scripts/fragments.js';
import releaseLua from '../scripts/release.lua';
import renewLua from '../scripts/renew.lua';
import {
  type Delivery,
  type Finish,
  listed,
  listedInRange,
  type Owner,
  type SettleStatus,
  statusOf,
} from './delivery.js';

// Settling twice is harmless: the second time the entry is not pending any more.
const ack = defineScript({
  name: 'streams/ack',
  lua: ackLua,
  fragments: [owned, ownedAmong, isBefore, rows, finish],
  keys: 2,
  args: 'any',
  repeatable: true,
  read(reply: Reply): readonly SettleStatus[] {
    if (!Array.isArray(reply)) return refuse('streams/ack', 'an array', reply);
    return reply.map((status: Reply) => statusOf(status, 'streams/ack'));
  },
});

/** Acknowledges many entries; a status for each. */
export function ackAll(
  keys: KeysOfGroup,
  owner: Owner,
  deliveries: readonly Delivery[],
  how: Finish,
): Command<readonly SettleStatus[]> {
  return ack([keys.log, keys.failures], [owner.group, owner.consumer, how, ...listedInRange(deliveries)]);
}

const release = defineScript({
  name: 'streams/release',
  lua: releaseLua,
  fragments: [fragments.nowMs, owned, wake],
  keys: 3,
  args: 'any',
  repeatable: true,
  read(reply: Reply): { readonly released: number; readonly removed: boolean } {
    const [released, removed] = Array.isArray(reply) ? reply : [];
    if (typeof released !== 'number') return refuse('streams/release', 'two counts', reply);
    return { released, removed: removed === 1 };
  },
});

/** Gives entries back unharmed; `leave` also removes the consumer when nothing is pending with it. */
export function releaseAll(
  keys: KeysOfGroup,
  { group, consumer }: Owner,
  deliveries: readonly Delivery[],
  leave: boolean,
): Command<{ readonly released: number; readonly removed: boolean }> {
  return release(
    [keys.log, keys.retry, keys.wake],
    [group, consumer, waitingConsumer, leave ? 1 : 0, ...listed(deliveries)],
  );
}

const renew = defineScript({
  name: 'streams/renew',
  lua: renewLua,
  fragments: [owned, ownedAmong, forget],
  keys: 2,
  args: 'any',
  repeatable: true,
  read(reply: Reply): ReadonlyMap<string, SettleStatus> {
    if (!Array.isArray(reply)) return refuse('streams/renew', 'an array', reply);
    return new Map(
      reply.map((entry: Reply) => {
        const [id, status] = Array.isArray(entry) ? entry : [];
        return [textOf(id, 'streams/renew'), statusOf(status, 'streams/renew')] as const;
      }),
    );
  },
});

/** Renews the leases of many entries in one command; gives those that were not renewed, and why. */
export function renewAll(
  keys: KeysOfGroup,
  owner: Owner,
  deliveries: readonly Delivery[],
): Command<ReadonlyMap<string, SettleStatus>> {
  return renew([keys.log, keys.failures], [owner.group, owner.consumer, ...listedInRange(deliveries)]);
}
