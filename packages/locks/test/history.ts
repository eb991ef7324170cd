import { createHistory, type History, type HoldingEvent, type QueueEvent } from '@penknife/testing';

/** The server extended the lease of a token. */
interface ExtendedEvent {
  readonly type: 'extended';
  readonly resource: string;
  readonly ticket: string;
}

/** What holders see, and what the server decides, of a schedule. */
export type ScheduleEvent = HoldingEvent | QueueEvent | ExtendedEvent;

/** What is left when everything should be quiet. */
export interface LeftBehind {
  readonly keys: number;
  readonly timers: number;
  readonly held: number;
  readonly waiting: number;
}

/** A history of one schedule: in it nothing happens at the same time, so the time is a count. */
export function scheduleHistory(): History<ScheduleEvent> {
  let step = 0;
  return createHistory({ by: 'schedule', nowMs: () => step++ });
}

/** Leases that the server extended although it had served a later one. */
export function revived(events: readonly ScheduleEvent[]): string[] {
  const newest = new Map<string, bigint>();
  const turns = new Map<string, bigint>();
  return events.flatMap((event) => {
    if (event.type === 'served') {
      const turn = BigInt(event.turn);
      turns.set(event.ticket, turn);
      if (turn > (newest.get(event.resource) ?? 0n)) newest.set(event.resource, turn);
    }
    if (event.type !== 'extended') return [];
    const late = (turns.get(event.ticket) ?? 0n) < (newest.get(event.resource) ?? 0n);
    return late ? [`${event.ticket} was extended after its end`] : [];
  });
}

/** What was left behind, in words; nothing when all is gone. */
export function leaks(left: LeftBehind): string[] {
  return Object.entries(left)
    .filter(([, count]) => count !== 0)
    .map(([what, count]) => `${count} ${what}`);
}
