import type { Unrecovered } from '../event.js';
import type { Placed } from '../frame/decoder.js';
import type { Position } from '../position.js';

/** Where a reader of a `log` channel stands: after this position, and which message that was, when it is known. */
export interface Place {
  readonly position: Position;
  readonly id: string | undefined;
}

/** One page of the history, from the reader's place on (inclusive), decoded, of one moment. */
export interface Page<T> {
  readonly head: Position | undefined;
  readonly entries: readonly Placed<T>[];
  /** The history held no more than this. */
  readonly last: boolean;
}

/** What a reader does next: pass a message on, or say that some are gone for good. */
export type Step<T> =
  | { readonly kind: 'message'; readonly received: Placed<T>; readonly missedLive: boolean }
  | {
      readonly kind: 'hole';
      readonly unrecovered: Unrecovered;
      readonly from: Position | undefined;
      readonly to: Position | undefined;
      readonly missed: number | undefined;
    };

/** What came of a page. */
export interface Advance<T> {
  readonly place: Place | undefined;
  readonly steps: readonly Step<T>[];
  /** What arrived live and must wait for another page. */
  readonly live: readonly Placed<T>[];
  /** An epoch that is over: whatever still arrives of it is late. */
  readonly over: string | undefined;
  readonly more: boolean;
  readonly duplicates: number;
}

/**
 * Merges one page of the history with what arrived live meanwhile, from a place on: in the order of offsets, each message
 * once, and every hole named where it stands. Pure: the heart of recovery, after Centrifugo's (epoch and offset), with one
 * addition: the message at the reader's own place is compared, so that a server that lost publishes is noticed even after it
 * has counted on.
 */
export function advance<T>(
  before: Place | undefined,
  page: Page<T>,
  live: readonly Placed<T>[],
  limit: number,
): Advance<T> {
  const steps: Step<T>[] = [];
  const { head, entries } = page;
  const hole = (unrecovered: Unrecovered, to: Position | undefined, missed: number | undefined): void =>
    void steps.push({ kind: 'hole', unrecovered, from: place?.position, to, missed });
  let place = before;
  let over: string | undefined;
  if (head === undefined) {
    if (place !== undefined) hole('no-history', undefined, undefined);
    const ended = place?.position.epoch;
    const rest = live.filter(({ position }) => position.epoch !== ended);
    return {
      place: undefined,
      steps,
      live: rest,
      over: ended,
      more: false,
      duplicates: live.length - rest.length,
    };
  }
  const { epoch } = head;
  const first = entries[0];
  const at = (offset: number): Place => ({ position: { epoch, offset }, id: undefined });
  if (place === undefined) place = at(0);
  else if (place.position.epoch !== epoch) {
    over = place.position.epoch;
    const start = at(first === undefined ? head.offset : first.position.offset - 1);
    hole('new-epoch', start.position, undefined);
    place = start;
  } else if (head.offset < place.position.offset) {
    hole('rewound', head, undefined);
    place = at(head.offset);
  } else if (
    place.id !== undefined &&
    first?.position.offset === place.position.offset &&
    first.id !== place.id
  ) {
    const start = at(place.position.offset - 1);
    hole('rewound', start.position, undefined);
    place = start;
  }
  const nearest = head.offset - limit;
  if (place.position.offset < nearest) {
    hole('too-far-behind', { epoch, offset: nearest }, nearest - place.position.offset);
    place = at(nearest);
  }

  // What came of another order waits beside: it may be the next one's, or a foreigner's, and must not hold up this one.
  const own = live.filter(({ position }) => position.epoch === epoch);
  const others = live.filter(({ position }) => position.epoch !== epoch && position.epoch !== over);
  let next = 0;
  let duplicates = live.length - own.length - others.length;
  const offset = (): number => (place as Place).position.offset;
  function pass(received: Placed<T>, missedLive: boolean): void {
    const wanted = offset() + 1;
    const found = received.position.offset;
    if (found > wanted) hole('truncated', { epoch, offset: found - 1 }, found - wanted);
    steps.push({ kind: 'message', received, missedLive });
    place = received;
  }
  /** Passes on what arrived live, as far as `through`; what is known already is dropped. */
  function passLive(through: number): void {
    for (; next < own.length; next++) {
      const received = own[next] as Placed<T>;
      if (received.position.offset > through) return;
      if (received.position.offset <= offset()) duplicates++;
      else pass(received, false);
    }
  }
  for (const entry of entries) {
    if (entry.position.epoch !== epoch || entry.position.offset <= offset()) continue;
    passLive(entry.position.offset - 1);
    const isKnown = own[next]?.position.offset === entry.position.offset;
    if (isKnown) next++;
    pass(entry, !isKnown);
  }
  const more = !page.last && offset() < head.offset;
  if (!more) {
    passLive(head.offset);
    if (offset() < head.offset) {
      hole('truncated', head, head.offset - offset());
      place = at(head.offset);
    }
    while (next < own.length) {
      const before = next;
      passLive(offset() + 1);
      if (next === before) break;
    }
  }
  return { place, steps, live: [...own.slice(next), ...others], over, more, duplicates };
}
