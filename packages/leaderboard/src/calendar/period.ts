import { changeWithin, firstInstantOf, type Zone } from './zone.js';

/** How long one round of a board lasts. */
export type PeriodLength = 'hour' | 'day' | 'week' | 'month' | 'season';

/** The day a week starts on. ISO weeks start on Monday. */
export type Weekday = 'monday' | 'tuesday' | 'wednesday' | 'thursday' | 'friday' | 'saturday' | 'sunday';

/** One round of a board: the instants from `startMs` up to, but not with, `endMs`. */
export interface Period {
  readonly startMs: number;
  readonly endMs: number;
}

/** A round, or the time between two seasons, in which nothing counts. */
export interface Span extends Period {
  readonly off?: true;
}

/** How a board divides time. */
export interface Calendar {
  readonly length: PeriodLength;
  readonly zone: Zone;
  /** 0 Sunday to 6 Saturday. */
  readonly weekStart: number;
  /** How long after midnight, on the wall clock, a day begins. Default 0. */
  readonly dayStartMs?: number;
  /** The seasons, in order and without overlap; of `season` alone. */
  readonly seasons?: readonly Period[];
}

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const firstInstantMs = -8_640_000_000_000_000;
const lastInstantMs = 8_640_000_000_000_000;

/** Longest period of each length, with room for a change of the clock within it. */
export const longestMs: Readonly<Record<PeriodLength, number>> = {
  hour: hourMs,
  day: dayMs + 4 * hourMs,
  week: 7 * dayMs + 4 * hourMs,
  month: 31 * dayMs + 4 * hourMs,
  season: 366 * dayMs + 4 * hourMs,
};

const lastFound = new WeakMap<Calendar, Span>();

/** The period that holds an instant; most questions are about the one that was found last. */
export function periodAt(calendar: Calendar, instantMs: number): Span {
  const last = lastFound.get(calendar);
  if (last !== undefined && last.startMs <= instantMs && instantMs < last.endMs) return last;
  const found = findPeriod(calendar, instantMs);
  lastFound.set(calendar, found);
  return found;
}

/**
 * Periods follow each other without gap or overlap: a day starts at the first instant of its local midnight (or whenever days
 * start there), or at the change of the clock that skips it, whatever its length then is; an hour that a change of half an
 * hour cuts is two periods. Between seasons there are spans that are `off`.
 */
function findPeriod(calendar: Calendar, instantMs: number): Span {
  if (calendar.length === 'hour') return hourAt(calendar.zone, instantMs);
  if (calendar.length === 'season') return seasonAt(calendar.seasons ?? [], instantMs);
  const { zone, dayStartMs = 0 } = calendar;
  const local = Math.floor((instantMs + zone.offsetAt(instantMs) - dayStartMs) / dayMs) * dayMs;
  let start = startOf(calendar, local);
  let startMs = firstInstantOf(zone, start + dayStartMs);
  // After a midnight the wall clock can step back into the day before: then the next period has begun already.
  for (;;) {
    const next = nextStart(calendar, start);
    const endMs = firstInstantOf(zone, next + dayStartMs);
    if (instantMs < endMs) return { startMs, endMs };
    start = next;
    startMs = endMs;
  }
}

/** The period `count` periods before another. */
export function periodBefore(calendar: Calendar, period: Span, count: number): Span {
  let found = period;
  for (let i = 0; i < count; i++) {
    found = periodAt(calendar, found.startMs - 1);
    // Before the first season there is none.
    if (found.off && found.startMs > firstInstantMs) found = periodAt(calendar, found.startMs - 1);
  }
  return found;
}

/** Names a period in keys: its length and the UTC instant of its start. Unique also where a local hour comes twice. */
export function periodName(calendar: Calendar, period: Period): string {
  const start = new Date(period.startMs).toISOString().replace(/[-:]/g, '');
  return `${calendar.length}-${start.slice(0, 15)}Z`;
}

/** The local midnight that starts the period of a local day. */
function startOf({ length, weekStart }: Calendar, localDay: number): number {
  const date = new Date(localDay);
  if (length === 'month') return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1);
  if (length === 'week') return localDay - ((date.getUTCDay() - weekStart + 7) % 7) * dayMs;
  return localDay;
}

function seasonAt(seasons: readonly Period[], instantMs: number): Span {
  let startMs = firstInstantMs;
  for (const season of seasons) {
    if (instantMs < season.startMs) return { startMs, endMs: season.startMs, off: true };
    if (instantMs < season.endMs) return season;
    startMs = season.endMs;
  }
  return { startMs, endMs: lastInstantMs, off: true };
}

function nextStart({ length }: Calendar, start: number): number {
  const date = new Date(start);
  if (length === 'month') return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1);
  return start + (length === 'week' ? 7 : 1) * dayMs;
}

function hourAt(zone: Zone, instantMs: number): Period {
  const offset = zone.offsetAt(instantMs);
  let startMs = Math.floor((instantMs + offset) / hourMs) * hourMs - offset;
  let endMs = startMs + hourMs;
  // A change by whole hours leaves the grid of hours as it is; any other starts a new grid at its instant.
  if ((zone.offsetAt(startMs) - offset) % hourMs !== 0) startMs = changeWithin(zone, startMs, instantMs);
  if ((zone.offsetAt(endMs - 1) - offset) % hourMs !== 0) endMs = changeWithin(zone, instantMs, endMs - 1);
  return { startMs, endMs };
}
