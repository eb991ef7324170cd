import { isUnavailable } from '../errors/availability.js';
import type { PenknifeError } from '../errors/penknife-error.js';
import { isServerError } from '../errors/server-error.js';
import { slotOf } from '../keys/slot.js';
import type { SubscriberConnection } from './transport.js';
import type { Wanted } from './wanted-subscription.js';

/** How many names one command carries at most: a server does nothing else meanwhile. */
const most = 1000;

interface Group {
  readonly entries: Wanted[];
  outcome: Promise<'live' | 'refused'> | undefined;
}

/** True when the server says that a shard channel lives elsewhere. */
export function isRedirection(error: PenknifeError): boolean {
  return isServerError(error) && (error.code === 'MOVED' || error.code === 'ASK');
}

/**
 * How to subscribe each of these on a connection: those that one command can carry together, which is one kind and, as a
 * server demands of shard channels, one slot. Ten thousand channels of a few slots are back after a cut with one SSUBSCRIBE
 * a slot. A refusal of several may be that of one: then each is asked for by itself, and has its own answer.
 */
export function subscribeTogether(
  connection: SubscriberConnection,
  entries: readonly Wanted[],
  translate: (error: unknown) => PenknifeError,
): (entry: Wanted) => Promise<void> {
  const alone = ({ kind, name }: Wanted): Promise<void> => connection.subscribe(kind, name);
  const { subscribeAll } = connection;
  if (subscribeAll === undefined) return alone;
  const groups = groupsOf(entries);
  return async (entry) => {
    const group = groups.get(entry);
    if (group === undefined || group.entries.length === 1) return alone(entry);
    group.outcome ??= subscribeAll(
      entry.kind,
      group.entries.map(({ name }) => name),
    ).then(
      () => 'live',
      (raw: unknown) => {
        const error = translate(raw);
        // A slot moves with all its channels, and a connection is lost for all.
        if (!isServerError(error) || isUnavailable(error) || isRedirection(error)) throw raw;
        return 'refused';
      },
    );
    if ((await group.outcome) === 'refused') await alone(entry);
  };
}

function groupsOf(entries: readonly Wanted[]): ReadonlyMap<Wanted, Group> {
  const filling = new Map<string, Group>();
  const groups = new Map<Wanted, Group>();
  for (const entry of entries) {
    const id = entry.kind === 'shard' ? `shard ${slotOf(entry.name)}` : entry.kind;
    let group = filling.get(id);
    if (group === undefined || group.entries.length >= most) {
      group = { entries: [], outcome: undefined };
      filling.set(id, group);
    }
    group.entries.push(entry);
    groups.set(entry, group);
  }
  return groups;
}
