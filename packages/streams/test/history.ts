import { compareIds } from '../src/index.js';

/** One thing that happened to a message, in the order in which things happened; `atMs` on one clock for all. */
export type HistoryEvent =
  | { readonly type: 'appended'; readonly id: string }
  /** A consumer began to leave: what it had taken and not started it gives back, as if it had never been delivered. */
  | { readonly type: 'leaving' }
  | {
      readonly type: 'started';
      readonly id: string;
      readonly by: string;
      readonly deliveries: number;
      readonly atMs: number;
    }
  /** The owner is done, has failed, or was told that it is not the owner any more: from now on it claims nothing. */
  | {
      readonly type: 'ended';
      readonly id: string;
      readonly by: string;
      readonly deliveries: number;
      readonly atMs: number;
      readonly how: 'done' | 'failed' | 'lost';
    };

/** What is wrong with a history of one group whose consumers run one handler at a time; empty when nothing is. */
export function faultsOf(history: readonly HistoryEvent[], stillPending: number): string[] {
  return [
    ...lostMessages(history),
    ...doubleOwners(history),
    ...disorder(history),
    ...leftPending(stillPending),
  ];
}

/** At least once: what was appended was handled to its end by somebody. */
function lostMessages(history: readonly HistoryEvent[]): string[] {
  const done = new Set(
    history.flatMap((event) => (event.type === 'ended' && event.how === 'done' ? [event.id] : [])),
  );
  return history.flatMap((event) =>
    event.type === 'appended' && !done.has(event.id) ? [`${event.id} was never done`] : [],
  );
}

/** Never two owners at a time: a delivery starts only after every other one of the message has ended. */
function doubleOwners(history: readonly HistoryEvent[]): string[] {
  const owners = new Map<string, string>();
  const faults: string[] = [];
  for (const event of history) {
    if (event.type !== 'started' && event.type !== 'ended') continue;
    const delivery = `${event.by}/${event.deliveries}`;
    if (event.type === 'ended') {
      if (owners.get(event.id) === delivery) owners.delete(event.id);
      continue;
    }
    const other = owners.get(event.id);
    if (other !== undefined)
      faults.push(`${event.id}: ${delivery} started at ${event.atMs} ms while ${other} owned it`);
    owners.set(event.id, delivery);
  }
  return faults;
}

/** First deliveries reach each consumer in the order of the log, but for what another gave back when it left. */
function disorder(history: readonly HistoryEvent[]): string[] {
  const last = new Map<string, string>();
  let [newest, givenBack] = ['0-0', '0-0'];
  const faults: string[] = [];
  for (const event of history) {
    if (event.type === 'appended') newest = event.id;
    if (event.type === 'leaving') givenBack = newest;
    if (event.type !== 'started' || event.deliveries !== 1 || compareIds(event.id, givenBack) <= 0) continue;
    const before = last.get(event.by);
    if (before !== undefined && compareIds(event.id, before) <= 0)
      faults.push(`${event.by}: ${event.id} after ${before}`);
    last.set(event.by, event.id);
  }
  return faults;
}

function leftPending(count: number): string[] {
  return count === 0 ? [] : [`${count} still pending at the end`];
}
