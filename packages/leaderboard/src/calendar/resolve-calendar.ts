import { InvalidArgumentError } from '@penknife/core';
import { type Calendar, longestMs, type Period, type PeriodLength, type Weekday } from './period.js';
import { firstInstantOf, openZone, type Zone } from './zone.js';

/** A season: from the first of these dates (`2026-03-01`) up to, but not with, the second. */
export interface Season {
  readonly start: string;
  readonly end: string;
}

/** How a board divides time, as it is declared. */
export interface CalendarOptions {
  readonly period?: PeriodLength;
  readonly zone?: string;
  readonly weekStart?: Weekday;
  readonly dayStart?: string;
  readonly seasons?: readonly Season[];
}

const weekdays: readonly Weekday[] = [
  'sunday',
  'monday',
  'tuesday',
  'wednesday',
  'thursday',
  'friday',
  'saturday',
];
const mostSeasons = 200;

/** Checks how a board divides time; undefined: not at all. Throws `InvalidArgumentError`. */
export function resolveCalendar(
  at: string,
  options: CalendarOptions & { readonly zone: string },
): Calendar | undefined {
  const { period, seasons, dayStart, weekStart = 'monday' } = options;
  if (period !== undefined && !Object.hasOwn(longestMs, period)) {
    throw new InvalidArgumentError(
      `${at}.period`,
      "must be 'hour', 'day', 'week', 'month' or 'season'",
      period,
    );
  }
  const weekday = weekdays.indexOf(weekStart);
  if (weekday < 0) {
    throw new InvalidArgumentError(`${at}.weekStart`, "must be a weekday, 'monday' to 'sunday'", weekStart);
  }
  const zone = openZone(options.zone, `${at}.zone`);
  if ((seasons !== undefined) !== (period === 'season')) {
    throw new InvalidArgumentError(
      `${at}.seasons`,
      "must be given with period 'season', and only there",
      seasons,
    );
  }
  if (dayStart !== undefined && (period === undefined || period === 'hour')) {
    throw new InvalidArgumentError(`${at}.dayStart`, 'has no meaning without days', dayStart);
  }
  const dayStartMs = dayStart === undefined ? 0 : timeOfDay(`${at}.dayStart`, dayStart);
  if (period === undefined) return undefined;
  const base: Calendar = { length: period, zone, weekStart: weekday, dayStartMs };
  return seasons === undefined
    ? base
    : { ...base, seasons: resolveSeasons(`${at}.seasons`, seasons, zone, dayStartMs) };
}

function timeOfDay(argument: string, text: string): number {
  const [, hours, minutes] = (typeof text === 'string' && /^([01]\d|2[0-3]):([0-5]\d)$/.exec(text)) || [];
  if (hours === undefined) throw new InvalidArgumentError(argument, "must be a time such as '05:00'", text);
  return (Number(hours) * 60 + Number(minutes)) * 60_000;
}

function resolveSeasons(
  argument: string,
  seasons: readonly Season[],
  zone: Zone,
  dayStartMs: number,
): readonly Period[] {
  if (!Array.isArray(seasons) || seasons.length < 1 || seasons.length > mostSeasons) {
    throw new InvalidArgumentError(argument, `must be a list of 1 to ${mostSeasons} seasons`, seasons);
  }
  const periods = seasons.map((season: Season, i): Period => {
    const startMs = firstInstantOf(zone, dateOf(`${argument}[${i}].start`, season?.start) + dayStartMs);
    const endMs = firstInstantOf(zone, dateOf(`${argument}[${i}].end`, season.end) + dayStartMs);
    if (endMs <= startMs)
      throw new InvalidArgumentError(`${argument}[${i}].end`, 'must be after its start', season.end);
    if (endMs - startMs > longestMs.season) {
      throw new InvalidArgumentError(
        `${argument}[${i}].end`,
        'must be at most 366 days after its start',
        season.end,
      );
    }
    return { startMs, endMs };
  });
  periods.forEach(({ startMs }, i) => {
    if (startMs < (periods[i - 1]?.endMs ?? startMs)) {
      throw new InvalidArgumentError(
        `${argument}[${i}].start`,
        'must not be before the end of the season before it',
        seasons[i],
      );
    }
  });
  return periods;
}

/** A date's midnight, written as if it were UTC. */
function dateOf(argument: string, text: string): number {
  const instant =
    typeof text === 'string' && /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  if (Number.isNaN(instant) || new Date(instant).toISOString().slice(0, 10) !== text) {
    throw new InvalidArgumentError(argument, "must be a date such as '2026-03-01'", text);
  }
  return instant;
}
