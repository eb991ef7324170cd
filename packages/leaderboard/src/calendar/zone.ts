import { InvalidArgumentError } from '@penknife/core';

/** A time zone of the IANA database, as this platform knows it. */
export interface Zone {
  readonly name: string;
  /** What a clock on the wall is ahead of UTC at an instant, in ms. */
  offsetAt(instantMs: number): number;
}

/** Opens a zone; throws `InvalidArgumentError` when the platform does not know it. */
export function openZone(name: string, argument = 'zone'): Zone {
  let format: Intl.DateTimeFormat;
  try {
    if (typeof name !== 'string' || name === '') throw new RangeError('no zone');
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: name,
      calendar: 'gregory',
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  } catch {
    throw new InvalidArgumentError(argument, "must be an IANA time zone such as 'Europe/Berlin'", name);
  }
  return {
    name,
    offsetAt(instantMs) {
      const wholeSecondMs = Math.floor(instantMs / 1000) * 1000;
      const field: Record<string, number> = {};
      for (const { type, value } of format.formatToParts(wholeSecondMs)) field[type] = Number(value);
      const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = field;
      return Date.UTC(year, month - 1, day, hour, minute, second) - wholeSecondMs;
    },
  };
}

const dayMs = 86_400_000;

/**
 * The first instant at which the zone's wall clock shows this local midnight, or, where a change of the clock skips it,
 * the instant of that change. `localMs`: the local time written as if it were UTC.
 */
export function firstInstantOf(zone: Zone, localMs: number): number {
  const before = zone.offsetAt(localMs - dayMs);
  const after = zone.offsetAt(localMs + dayMs);
  const instants = [localMs - before, localMs - after].sort((a, b) => a - b);
  for (const instant of instants) {
    if (instant + zone.offsetAt(instant) === localMs) return instant;
  }
  return changeWithin(zone, (instants[0] as number) - 1, instants[1] as number);
}

/** The instant of the one change of the zone's clock within (fromMs, toMs], found by bisection. */
export function changeWithin(zone: Zone, fromMs: number, toMs: number): number {
  const before = zone.offsetAt(fromMs);
  let [low, high] = [fromMs, toMs];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (zone.offsetAt(middle) === before) low = middle;
    else high = middle;
  }
  return high;
}
