import { type EventSink, reportListenerError } from '@penknife/core';
import type { LevelChange } from './level.js';

/** What happened to an item's free stock, seen by whoever made the change. */
export interface StockEvent {
  /** `'low'`: came to `lowAt` or below. `'sold-out'`: nothing is free any more. `'back'`: something is free again. */
  readonly kind: 'low' | 'sold-out' | 'back';
  readonly inventory: string;
  readonly item: string;
  readonly free: number;
}

/** The events in a change of level, at most one of each kind. */
export function eventsOf(inventory: string, lowAt: number, changes: readonly LevelChange[]): StockEvent[] {
  return changes.flatMap(({ item, freeBefore, level: { free } }) => {
    const event = (kind: StockEvent['kind']): StockEvent => ({ kind, inventory, item, free });
    if (free > 0 && freeBefore === 0) return [event('back')];
    if (free === 0 && freeBefore > 0) return [event('sold-out')];
    return free <= lowAt && freeBefore > lowAt ? [event('low')] : [];
  });
}

/** Hands events over, without letting the caller of an act wait for it, or fail by it. */
export function emitEvents(sink: EventSink<StockEvent> | undefined, events: readonly StockEvent[]): void {
  if (sink === undefined) return;
  for (const event of events) Promise.resolve(sink.emit(event)).catch(reportListenerError);
}
