import { type Arg, type Reply, refuse } from '@penknife/core';
import { compareIds } from '../entry/position.js';

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

/** Reads a status; refuses anything else. */
export function statusOf(reply: Reply | undefined, command: string): SettleStatus {
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

/** Deliveries as a script takes them: of each its id and its number. */
export function listed(deliveries: readonly Delivery[]): Arg[] {
  const args: Arg[] = [];
  for (const { id, deliveries: number } of deliveries) args.push(id, number);
  return args;
}

/** The same, with the range they lie in before them: one look at the pending list is enough then. */
export function listedInRange(deliveries: readonly Delivery[]): Arg[] {
  let [lowest, highest] = [deliveries[0]?.id ?? '-', deliveries[0]?.id ?? '+'];
  for (const { id } of deliveries) {
    if (compareIds(id, lowest) < 0) lowest = id;
    else if (compareIds(id, highest) > 0) highest = id;
  }
  // Entries that are still worked on lie between; twice as many are looked at before each is looked up by itself.
  return [lowest, highest, deliveries.length * 2, ...listed(deliveries)];
}
