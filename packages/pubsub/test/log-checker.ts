import type { ChannelEvent, Position } from '../src/index.js';
import { nowhere } from '../src/position.js';

/** A message of the model: who published it, and its running number there. */
export interface Item {
  readonly publisher: number;
  readonly number: number;
}

/** What a run left behind, for the checker. */
export interface History {
  /** Positions that the server acknowledged, by message. */
  readonly acknowledged: ReadonlyMap<string, Position>;
  /** Where the server's order stands at the end. */
  readonly head: Position | undefined;
  readonly subscribers: readonly {
    /** Where the subscriber began; undefined: before the first message of a channel without order. */
    readonly begun: Position | undefined;
    readonly events: readonly ChannelEvent<Item>[];
    /** It was closed before the end. */
    readonly hasLeft: boolean;
  }[];
}

export const nameOf = ({ publisher, number }: Item): string => `${publisher}/${number}`;

/** Before the first message is no place in an order: whichever begins, it is heard from its first message on. */
const placeOf = (position: Position | undefined): Position | undefined =>
  position?.epoch === nowhere ? undefined : position;

/**
 * Reads a history: each subscriber must have the publish order without duplicates, with every hole announced where it is,
 * up to the end. Returns the first complaint.
 */
export function firstComplaint(history: History): string | undefined {
  for (const [index, subscriber] of history.subscribers.entries()) {
    const complaint = complaintOf(subscriber, history);
    if (complaint !== undefined) return `subscriber ${index}: ${complaint}`;
  }
  return undefined;
}

function complaintOf(
  { begun, events, hasLeft }: History['subscribers'][number],
  { acknowledged, head }: History,
): string | undefined {
  const seen = new Map<string, Position>();
  const over = new Set<string>();
  let at = placeOf(begun);
  /** After a hole whose end nobody knows, any place may follow. */
  let adrift = false;
  const show = (position: Position | undefined): string => `${position?.epoch}:${position?.offset}`;
  for (const event of events) {
    if (event.type === 'gap') {
      if (event.recovered) continue;
      if (event.to === undefined) adrift = true;
      else {
        // Behind a gap without an end a new beginning may lie anywhere: who resumed where there was no history just then, and
        // is told of the first that turns up (seeds 4, 529, 1157).
        const isBack = !adrift && at?.epoch === event.to.epoch && event.to.offset < at.offset;
        if (isBack && event.unrecovered !== 'rewound') return `a gap leads back to ${show(event.to)}`;
        if (event.unrecovered === 'rewound') {
          // Who read on just then may have had some of the new order already, which begins after `to`.
          for (const [name, { epoch, offset }] of seen) {
            if (epoch === event.to.epoch && offset > event.to.offset) seen.delete(name);
          }
        }
        at = placeOf(event.to);
        adrift = false;
      }
      continue;
    }
    const { position, message } = event;
    const name = nameOf(message);
    if (position === undefined) return `${name} has no position`;
    if (seen.has(name)) return `${name} came twice`;
    seen.set(name, position);
    const wanted = acknowledged.get(name);
    if (wanted !== undefined && show(wanted) !== show(position)) return `${name} came at another position`;
    if (over.has(position.epoch)) return `${name} is of an epoch that was over`;
    if (!adrift) {
      const follows =
        at === undefined
          ? position.offset === 1
          : at.epoch === position.epoch && position.offset === at.offset + 1;
      if (!follows) return `${show(position)} follows ${show(at)}, and no gap says why`;
    }
    if (at !== undefined && at.epoch !== position.epoch) over.add(at.epoch);
    at = position;
    adrift = false;
  }
  // The last publish came when everything had healed: whoever stayed has heard it.
  if (head !== undefined && !hasLeft && (adrift || show(at) !== show(head))) {
    return `ends at ${adrift ? 'no known place' : show(at)}, the server at ${show(head)}`;
  }
  return undefined;
}
