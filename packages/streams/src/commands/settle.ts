import { type Arg, type Command, defineScript, fragments, type Reply, refuse } from '@penknife/core';
import { compareIds } from '../entry/position.js';
import { textOf } from '../entry/raw-entry.js';
import type { KeysOfGroup } from '../keys.js';
import ackLua from '../scripts/ack.lua';
import buryLua from '../scripts/bury.lua';
import {
  countFailure,
  finish,
  isBefore,
  owned,
  ownedAmong,
  waitingConsumer,
  wake,
} from '../scripts/fragments.js';
import releaseLua from '../scripts/release.lua';
import renewLua from '../scripts/renew.lua';
import retryLua from '../scripts/retry.lua';
import retryHereLua from '../scripts/retry-here.lua';

/** Who settles: a consumer of a group. */
export interface Owner {
  readonly group: string;
  readonly consumer: string;
}

/** Whether entries that every group is done with are deleted (`''`: no), and by whom: XACKDEL, or our script. */
export type Finish = '' | 'server' | 'script';

/** What is settled: an entry in the delivery in which it is held. */
export interface Delivery {
  readonly id: string;
  readonly deliveries: number;
}

/**
 * What the fence said: done; the entry is not pending any more (settled already, perhaps by an earlier try of the same
 * call); somebody else has it; or its payload is gone, and it was acknowledged.
 */
export type SettleStatus = 'done' | 'gone' | 'taken' | 'trimmed';

function statusOf(reply: Reply | undefined, command: string): SettleStatus {
  switch (reply) {
    case 1:
      return 'done';
    case 0:
      return 'gone';
    case -1:
      return 'taken';
    case 2:
      return 'trimmed';
    default:
      return refuse(command, 'a status', reply);
  }
}

function listed(deliveries: readonly Delivery[]): Arg[] {
  const args: Arg[] = [];
  for (const { id, deliveries: number } of deliveries) args.push(id, number);
  return args;
}

/** The same, with the range they lie in before them: one look at the pending list is enough then. */
function listedInRange(deliveries: readonly Delivery[]): Arg[] {
  let [lowest, highest] = [deliveries[0]?.id ?? '-', deliveries[0]?.id ?? '+'];
  for (const { id } of deliveries) {
    if (compareIds(id, lowest) < 0) lowest = id;
    else if (compareIds(id, highest) > 0) highest = id;
  }
  // Entries that are still worked on lie between; twice as many are looked at before each is looked up by itself.
  return [lowest, highest, deliveries.length * 2, ...listed(deliveries)];
}

// Settling twice is harmless: the second time the entry is not pending any more.
const ack = defineScript({
  name: 'streams/ack',
  lua: ackLua,
  fragments: [owned, ownedAmong, isBefore, finish],
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

const retry = defineScript({
  name: 'streams/retry',
  lua: retryLua,
  fragments: [fragments.nowMs, owned, countFailure],
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
  fragments: [fragments.nowMs, owned, countFailure],
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

/** Why an entry became a dead letter. */
export interface Death {
  readonly reason: string;
  readonly errorClass: string;
  readonly errorMessage: string;
  /** True when this delivery ended in a failure of the handler. */
  readonly failed: boolean;
}

const bury = defineScript({
  name: 'streams/bury',
  lua: buryLua,
  fragments: [fragments.nowMs, owned, isBefore, finish],
  keys: 3,
  args: 10,
  repeatable: true,
  read(reply: Reply): { readonly status: SettleStatus; readonly deadLetters: number } {
    const [status, deadLetters] = Array.isArray(reply) ? reply : [];
    if (typeof deadLetters !== 'number') return refuse('streams/bury', 'a status and a count', reply);
    return { status: statusOf(status, 'streams/bury'), deadLetters };
  },
});

/** Moves an entry to the dead letters of its group. */
export function moveToDeadLetters(
  keys: KeysOfGroup,
  { group, consumer }: Owner,
  { id, deliveries }: Delivery,
  limit: number,
  death: Death,
  how: Finish,
): Command<{ readonly status: SettleStatus; readonly deadLetters: number }> {
  const { reason, errorClass, errorMessage, failed } = death;
  return bury(
    [keys.log, keys.failures, keys.dead],
    [group, consumer, id, deliveries, limit, reason, errorClass, errorMessage, failed ? 1 : 0, how],
  );
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
  fragments: [owned, ownedAmong],
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
