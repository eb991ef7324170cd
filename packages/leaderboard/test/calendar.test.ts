import { seededRandom } from '@penknife/core';
import { describe, expect, it } from 'vitest';
import {
  type Calendar,
  type Period,
  type PeriodLength,
  periodAt,
  periodBefore,
  periodName,
} from '../src/calendar/period.js';
import { resolveCalendar } from '../src/calendar/resolve-calendar.js';
import { openZone } from '../src/calendar/zone.js';
import { dateAfter, type WallClock, wallClock } from './wall-clock.js';

const full = process.env.PENKNIFE_TIER === 'full';
const everyZone = [...Intl.supportedValuesOf('timeZone'), 'UTC'];
/** Zones that change at midnight, by half an hour, by two hours, or skipped a day. */
const peculiar = [
  'America/Santiago',
  'America/Havana',
  'America/St_Johns',
  'Australia/Lord_Howe',
  'Antarctica/Troll',
  'Africa/Cairo',
  'Africa/Casablanca',
  'Asia/Beirut',
  'Atlantic/Azores',
  'Pacific/Apia',
  'America/New_York',
  'Europe/Berlin',
];
const zones = full ? everyZone : [...new Set([...peculiar, ...everyZone.filter((_, i) => i % 10 === 0)])];
const years = full ? [1995, 2011, 2024, 2025, 2026, 2027] : [2026];

type Finder = (calendar: Calendar, instantMs: number) => Period;

/** Where a calendar and the clocks on the wall disagree around a date. */
function disagreements(
  zone: string,
  clock: WallClock,
  date: string,
  find: Finder,
  dayStart = '00:00',
): string[] {
  const found: string[] = [];
  const opened = openZone(zone);
  const dayStartMs = Date.parse(`1970-01-01T${dayStart}:00Z`);
  const compare = (length: PeriodLength, weekStart: number, start: string, end: string): void => {
    const expected: Period = {
      startMs: clock.dateBegins(start, dayStart),
      endMs: clock.dateBegins(end, dayStart),
    };
    if (expected.startMs === expected.endMs) return;
    const middle = Math.floor((expected.startMs + expected.endMs) / 2);
    for (const instant of [expected.startMs, middle, expected.endMs - 1]) {
      const period = find({ length, zone: opened, weekStart, dayStartMs }, instant);
      if (period.startMs !== expected.startMs || period.endMs !== expected.endMs) {
        found.push(`${zone} ${length} ${weekStart} of ${start} at ${new Date(instant).toISOString()}`);
      }
    }
  };
  for (const each of [-1, 0, 1].map((days) => dateAfter(date, days)))
    compare('day', 1, each, dateAfter(each, 1));
  const weekday = new Date(`${date}T00:00:00Z`).getUTCDay();
  for (let weekStart = 0; weekStart < 7; weekStart++) {
    const start = dateAfter(date, -((weekday - weekStart + 7) % 7));
    compare('week', weekStart, start, dateAfter(start, 7));
  }
  const month = `${date.slice(0, 7)}-01`;
  compare('month', 1, month, `${dateAfter(month, 31).slice(0, 7)}-01`);
  return found;
}

describe('calendar', () => {
  it(
    `trap 11: ${full ? 'every zone' : 'a sample of zones'} × days on which the clock changes × week starts, against the clocks on the wall`,
    () => {
      let changes = 0;
      for (const zone of zones) {
        const clock = wallClock(zone);
        for (const year of years) {
          const dates = clock.changes(year);
          changes += dates.length;
          for (const date of [...dates, `${year}-02-28`]) {
            expect(disagreements(zone, clock, date, periodAt)).toEqual([]);
          }
        }
      }
      expect(changes).toBeGreaterThan(full ? 1000 : 20);
    },
    full ? 240_000 : 15_000,
  );

  it('days that start at another hour, also at one that is skipped or comes twice, against the clocks on the wall', () => {
    const found: string[] = [];
    for (const zone of peculiar) {
      const clock = wallClock(zone);
      for (const dayStart of ['05:00', '02:30', '23:45', '01:00']) {
        for (const date of clock.changes(2026)) {
          found.push(...disagreements(zone, clock, date, periodAt, dayStart));
        }
      }
    }
    expect(found).toEqual([]);
    const ignoring: Finder = ({ dayStartMs: _, ...calendar }, instant) => periodAt(calendar, instant);
    const clock = wallClock('Europe/Berlin');
    expect(disagreements('Europe/Berlin', clock, '2026-03-29', ignoring, '05:00')).not.toEqual([]);
  });

  it('seasons begin and end at their dates, with nothing between them, and name what comes before', () => {
    const calendar = resolveCalendar('boards.x', {
      period: 'season',
      zone: 'Europe/Berlin',
      dayStart: '05:00',
      seasons: [
        { start: '2026-01-10', end: '2026-03-29' },
        { start: '2026-03-29', end: '2026-06-01' },
        { start: '2026-07-01', end: '2026-09-01' },
      ],
    });
    if (calendar === undefined) throw new Error('a calendar');
    const at = (text: string) => periodAt(calendar, Date.parse(text));
    const second = { startMs: Date.parse('2026-03-29T03:00Z'), endMs: Date.parse('2026-06-01T03:00Z') };
    expect(at('2026-03-29T02:59:59.999Z')).toEqual({
      startMs: Date.parse('2026-01-10T04:00Z'),
      endMs: second.startMs,
    });
    expect(at('2026-03-29T03:00Z')).toEqual(second);
    const between = at('2026-06-15T00:00Z');
    expect(between).toMatchObject({ off: true, startMs: second.endMs });
    expect(periodBefore(calendar, between, 1)).toEqual(second);
    expect(periodBefore(calendar, at('2026-07-15T00:00Z'), 2).endMs).toBe(second.startMs);
    expect(periodBefore(calendar, at('2026-07-15T00:00Z'), 9).off).toBe(true);
    expect(at('2030-01-01T00:00Z').off).toBe(true);
  });

  it('the comparison notices days of always 24 hours, and an offset taken at the wrong instant', () => {
    const dayMs = 86_400_000;
    const always24: Finder = (calendar, instant) => {
      const { startMs, endMs } = periodAt(calendar, instant);
      return calendar.length === 'day' ? { startMs, endMs: startMs + dayMs } : { startMs, endMs };
    };
    const wrongOffset: Finder = ({ zone }, instant) => {
      const offset = zone.offsetAt(instant);
      const startMs = Math.floor((instant + offset) / dayMs) * dayMs - offset;
      return { startMs, endMs: startMs + dayMs };
    };
    const clock = wallClock('America/New_York');
    expect(clock.changes(2026)).toEqual(['2026-03-08', '2026-11-01']);
    for (const planted of [always24, wrongOffset]) {
      expect(disagreements('America/New_York', clock, '2026-03-08', planted)).not.toEqual([]);
    }
  });

  it('a day that was skipped is no period, and its neighbours touch', () => {
    const calendar: Calendar = { length: 'day', zone: openZone('Pacific/Apia'), weekStart: 1 };
    const change = Date.UTC(2011, 11, 30, 10);
    expect(periodAt(calendar, change - 1)).toEqual({ startMs: change - 86_400_000, endMs: change });
    expect(periodAt(calendar, change)).toEqual({ startMs: change, endMs: change + 86_400_000 });
  });

  it('property: periods of every length follow each other without gap or overlap, and have names of their own', () => {
    const random = seededRandom(3);
    const instants = Array.from({ length: 12 }, () => Math.floor(random.fraction() * Date.UTC(2035, 0, 1)));
    for (const name of peculiar) {
      const zone = openZone(name);
      const clock = wallClock(name);
      const changes = clock.changes(2026).map((date) => clock.dateBegins(date) + 7_000_000);
      for (const length of ['hour', 'day', 'week', 'month'] as const) {
        const calendar: Calendar = { length, zone, weekStart: 0 };
        for (const instant of [...instants, ...changes]) {
          const period = periodAt(calendar, instant);
          const { startMs, endMs } = period;
          expect(startMs).toBeLessThanOrEqual(instant);
          expect(endMs).toBeGreaterThan(instant);
          for (const inside of [startMs, endMs - 1]) expect(periodAt(calendar, inside)).toEqual(period);
          const next = periodAt(calendar, endMs);
          expect(next.startMs).toBe(endMs);
          expect(periodAt(calendar, startMs - 1).endMs).toBe(startMs);
          expect(periodName(calendar, next)).not.toBe(periodName(calendar, period));
        }
      }
    }
  });

  it('hours begin at full hours of the wall clock, or where it was changed', () => {
    for (const name of ['Australia/Lord_Howe', 'America/St_Johns', 'Asia/Kathmandu', 'Europe/Berlin']) {
      const zone = openZone(name);
      const clock = wallClock(name);
      for (const date of [...clock.changes(2026), '2026-06-01']) {
        const from = clock.dateBegins(date);
        for (let instant = from; instant < from + 86_400_000; ) {
          const period = periodAt({ length: 'hour', zone, weekStart: 1 }, instant);
          const full = clock.at(period.startMs).endsWith(':00:00');
          const changed = zone.offsetAt(period.startMs) !== zone.offsetAt(period.startMs - 1);
          expect(full || changed, `${name} ${clock.at(period.startMs)}`).toBe(true);
          expect(period.startMs).toBe(instant);
          instant = period.endMs;
        }
      }
    }
  });

  it('names a period by its length and the UTC instant of its start', () => {
    const calendar: Calendar = { length: 'week', zone: openZone('America/New_York'), weekStart: 1 };
    const period = periodAt(calendar, Date.UTC(2026, 6, 15));
    expect(periodName(calendar, period)).toBe('week-20260713T040000Z');
    expect(new Date(period.endMs).toISOString()).toBe('2026-07-20T04:00:00.000Z');
  });
});
