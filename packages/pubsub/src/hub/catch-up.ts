import type { ChannelEvent } from '../event.js';
import { openGap } from '../event.js';
import type { Outbox } from '../listener/outbox.js';
import { isBeforeFirst, nowhere, nowhereAt, type Position } from '../position.js';
import { advance, type Page, type Place } from './advance.js';
import type { Since } from './hub.js';
import type { LogReader } from './log-reader.js';

/** One listener that begins in the past. */
export interface CatchUp<T> {
  readonly outbox: Outbox<T>;
  readonly since: Since;
  /** Where the hub stood when the listener joined: what comes after waits in the listener's own queue, in order. */
  readonly target: Position | undefined;
  readonly read: LogReader<T>;
  readonly limit: number;
  readonly nowMs: number;
  /** How long the history outlives its last message. */
  readonly lifeMs: number;
  readonly signal: AbortSignal;
}

/**
 * Reads a listener up to the place where its hub stood when it joined, page by page and as fast as it takes them, and then
 * lets it go live. Because it was joined before the first page was read, nothing falls between history and live.
 */
export async function catchUp<T>(parts: CatchUp<T>): Promise<void> {
  const { outbox, since, target, nowMs, lifeMs, signal } = parts;
  outbox.hold();
  try {
    const given = since === 'oldest' ? undefined : since;
    const isFirst = given !== undefined && isBeforeFirst(given, nowMs, lifeMs);
    // Nobody had published when it was given out: whatever the order is called that began since, it begins before its first.
    const position = isFirst && target !== undefined ? { epoch: target.epoch, offset: 0 } : given;
    outbox.startAt(position);
    if (target === undefined) {
      // Whoever was there before the first message still is, from now on.
      const to = given?.epoch === nowhere ? nowhereAt(nowMs) : undefined;
      if (position !== undefined)
        await outbox.replay([
          isFirst ? resumed(position, to ?? position, 0) : lost(position, to, 'no-history'),
        ]);
    } else if (position?.epoch === target.epoch && position.offset >= target.offset) {
      await readAhead(parts, position, target);
    } else await readUp(parts, position, target);
  } finally {
    if (!signal.aborted) outbox.release();
  }
}

/** It has seen more than the hub, which lags; or more than there is, for the server has lost it. Only the server knows which. */
async function readAhead<T>(
  { outbox, read, signal }: CatchUp<T>,
  position: Position,
  target: Position,
): Promise<void> {
  let head = position;
  if (position.offset > target.offset) {
    const page = await read({ position, id: undefined }, signal);
    if (page === undefined) return;
    if (page === 'unreadable' || page.head?.epoch !== target.epoch) {
      // The order changed meanwhile, which the hub announces; what it still brings of the old one was seen.
      outbox.skipThrough(position);
      await outbox.replay([lost(position, position, page === 'unreadable' ? 'unreadable' : 'new-epoch')]);
      return;
    }
    head = page.head;
  }
  if (head.offset < position.offset) {
    outbox.skipThrough(head);
    await outbox.replay([lost(position, head, 'rewound')]);
    return;
  }
  // What the hub still brings of what it has seen is left out.
  outbox.skipThrough(position);
  await outbox.replay([resumed(position, position, 0)]);
}

async function readUp<T>(parts: CatchUp<T>, from: Position | undefined, to: Position): Promise<void> {
  const { outbox, read, limit, signal } = parts;
  let place: Place | undefined = from && { position: from, id: undefined };
  let missed = 0;
  let open = false;
  for (let more = true; more && !signal.aborted; ) {
    const page = await read(place, signal);
    if (page === undefined) return;
    if (page === 'unreadable' || page.head?.epoch !== to.epoch) {
      // The order changed while this listener was reading; what comes after is announced by the hub.
      const why = page === 'unreadable' ? 'unreadable' : 'new-epoch';
      await outbox.replay([lost(place?.position, to, why)]);
      return;
    }
    const bounded = upTo(page, to);
    // The oldest that is kept is where 'oldest' begins: what was trimmed before is no gap.
    place ??= { position: before(bounded.entries[0]?.position ?? after(to)), id: undefined };
    const advanced = advance(place, bounded, [], limit);
    const events = advanced.steps.map((step): ChannelEvent<T> => {
      if (step.kind === 'hole') {
        open = true;
        return openGap('resume', step.unrecovered, 'the history does not reach back', step);
      }
      missed++;
      const { event, position } = step.received;
      if (event !== undefined) return event;
      const span = { from: before(position), to: position, missed: 1 };
      return openGap('undecodable', 'undecodable', 'codec or schema refused a message', span);
    });
    place = advanced.place;
    more = advanced.more;
    if (!more && !open && from !== undefined) events.push(resumed(from, to, missed));
    await outbox.replay(events);
  }
}

function before({ epoch, offset }: Position): Position {
  return { epoch, offset: offset - 1 };
}

function after({ epoch, offset }: Position): Position {
  return { epoch, offset: offset + 1 };
}

/** The page as it was when the hub stood at `to`. */
function upTo<T>(page: Page<T>, to: Position): Page<T> {
  const head = page.head as Position;
  if (head.offset <= to.offset) return page;
  const entries = page.entries.filter(({ position }) => position.offset <= to.offset);
  return { head: to, entries, last: page.last || entries.length < page.entries.length };
}

function lost(
  from: Position | undefined,
  to: Position | undefined,
  why: 'no-history' | 'new-epoch' | 'rewound' | 'unreadable',
): ChannelEvent<never> {
  return openGap('resume', why, 'the history could not be read from there', { from, to });
}

function resumed(from: Position, to: Position, missed: number): ChannelEvent<never> {
  return {
    type: 'gap',
    from,
    to,
    recovered: true,
    missed,
    reason: 'resume',
    unrecovered: undefined,
    detail: 'read on from the given position',
  };
}
