/**
 * What the wall clocks of a zone show, found by looking at them every quarter of an hour, as text. Shares nothing with the
 * calendar under test but the platform's zone data.
 */
export interface WallClock {
  /** `2026-03-29 02:00:00` at an instant. */
  at(instantMs: number): string;
  /** The first quarter of an hour at which the clock shows this date (`2026-03-29`), and time, or a later one. */
  dateBegins(date: string, time?: string): number;
  /** Dates of a year on which the clock was changed. */
  changes(year: number): readonly string[];
}

const quarterMs = 900_000;
const dayMs = 86_400_000;

/** The wall clocks of a zone. */
export function wallClock(zone: string): WallClock {
  const shown = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' });
  const named = new Intl.DateTimeFormat('en-GB', { timeZone: zone, timeZoneName: 'longOffset' });
  const begins = new Map<string, number>();
  return {
    at: (instantMs) => shown.format(instantMs),
    dateBegins(date, time = '00:00') {
      const moment = `${date} ${time}`;
      const known = begins.get(moment);
      if (known !== undefined) return known;
      // Wherever on earth: a date begins from 15 hours before to 12 hours after it does in UTC; a skipped one a day later.
      let instant = Date.parse(`${date}T00:00:00Z`) - 60 * quarterMs;
      while (shown.format(instant).slice(0, 16) < moment) instant += quarterMs;
      begins.set(moment, instant);
      return instant;
    },
    changes(year) {
      const dates: string[] = [];
      const offset = (instant: number): string => named.format(instant).split(' ').at(-1) ?? '';
      let before = offset(Date.UTC(year, 0, 1));
      for (let instant = Date.UTC(year, 0, 2); instant < Date.UTC(year + 1, 0, 2); instant += dayMs) {
        const after = offset(instant);
        if (after !== before) dates.push(shown.format(instant).slice(0, 10));
        before = after;
      }
      return dates;
    },
  };
}

/** A date so many days later. */
export function dateAfter(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * dayMs).toISOString().slice(0, 10);
}
