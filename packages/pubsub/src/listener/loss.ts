import { type ChannelEvent, type Gap, openGap } from '../event.js';
import type { Position } from '../position.js';

/** What a full queue lost in one place of its order. */
export interface Loss {
  to: Position | undefined;
  /** It ends with a gap whose own end nobody knows. */
  isOpen: boolean;
  /** The server fell back within it, this far: what follows has offsets again that were taken before. */
  rewoundTo: Position | undefined;
  missed: number | undefined;
}

/** A loss with nothing in it yet. */
export function beginLoss(): Loss {
  return { to: undefined, isOpen: false, rewoundTo: undefined, missed: 0 };
}

/** Adds an event to a loss. A gap whose size nobody knows makes the size of the loss unknown too. */
export function addToLoss(loss: Loss, event: ChannelEvent): void {
  if (event.type === 'message') {
    loss.to = event.position ?? loss.to;
    loss.isOpen = false;
    if (loss.missed !== undefined) loss.missed++;
    return;
  }
  loss.to = event.to ?? loss.to;
  if (event.recovered) return;
  loss.isOpen = event.to === undefined;
  if (event.unrecovered === 'rewound') loss.rewoundTo = furthestBack(loss.rewoundTo, event.to);
  loss.missed =
    loss.missed === undefined || event.missed === undefined ? undefined : loss.missed + event.missed;
}

/** Two losses with nothing between them any more, as one. */
export function joinLosses(earlier: Loss | undefined, later: Loss | undefined): Loss | undefined {
  if (earlier === undefined || later === undefined) return earlier ?? later;
  const isKnown = earlier.missed !== undefined && later.missed !== undefined;
  return {
    to: later.to ?? earlier.to,
    isOpen: later.isOpen || (later.to === undefined && earlier.isOpen),
    rewoundTo: furthestBack(earlier.rewoundTo, later.rewoundTo),
    missed: isKnown ? (earlier.missed as number) + (later.missed as number) : undefined,
  };
}

/** Of the order that was lost first, since no other has to do with what its listener had got. */
function furthestBack(earlier: Position | undefined, later: Position | undefined): Position | undefined {
  if (earlier === undefined || later === undefined) return earlier ?? later;
  return later.epoch === earlier.epoch && later.offset < earlier.offset ? later : earlier;
}

/** The loss as its listener hears of it, who stands at `from`. That the server lost what it had got is the graver news. */
export function gapOfLoss(loss: Loss, from: Position | undefined): Gap {
  const { rewoundTo } = loss;
  const isRewound =
    rewoundTo !== undefined && from?.epoch === rewoundTo.epoch && from.offset > rewoundTo.offset;
  return openGap('overflow', isRewound ? 'rewound' : 'dropped', "this listener's queue was full", {
    from,
    to: loss.isOpen ? undefined : (loss.to ?? from),
    missed: loss.missed,
  });
}
