import { type EventSink, reportListenerError } from '@penknife/core';
import type { LevelChange } from './level.js';

/** What happened, seen by whoever made the change. */
export type StockEvent = LevelEvent | GrantEvent;

/** Somebody's turn has come: the reservation that waited is held from now on. */
export interface GrantEvent {
  readonly kind: 'granted';
  readonly inventory: string;
  /** The reservation's id. */
  readonly id: string;
}

/** What happened to an item's free stock. */
export interface LevelEvent {
  /** `'low'`: came to `lowAt` or below. `'sold-out'`: nothing is free any more. `'back'`: something is free again. */
  readonly kind: 'low' | 'sold-out' | 'back';
  readonly inventory: string;
  readonly item: string;
  readonly free: number;
}

/** The events in a change of level, at most one of each kind. */
export function eventsOf(inventory: string, lowAt: number, changes: readonly LevelChange[]): LevelEvent[] {
  return changes.flatMap(({ item, freeBefore, level: { free } }) => {
    const event = (kind: LevelEvent['kind']): LevelEvent => ({ kind, inventory, item, free });
    if (free > 0 && freeBefore === 0) return [event('back')];
    if (free === 0 && freeBefore > 0) return [event('sold-out')];
    return free <= lowAt && freeBefore > lowAt ? [event('low')] : [];
  });
}

/** The events of those whose turn has come. */
export function grantsOf(inventory: string, ids: readonly string[]): GrantEvent[] {
  return ids.map((id) => ({ kind: 'granted', inventory, id }));
}

/** Hands events over, without letting the caller of an act wait for it, or fail by it. */
export function emitEvents(sink: EventSink<StockEvent> | undefined, events: readonly StockEvent[]): void {
  if (sink === undefined) return;
  for (const event of events)
    new Promise<void>((resolve) => resolve(sink.emit(event))).catch(reportListenerError);
}
