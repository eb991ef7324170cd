import {
  type CallOptions,
  checkObject,
  type Duration,
  durationMs,
  InvalidArgumentError,
} from '@penknife/core';
import { Cron } from 'croner';
import type { DueTime } from '../commands/schedule.js';

/** When a message is appended: exactly one of `delay`, `at` and `cron`. */
export interface ScheduleOptions extends CallOptions {
  /** Names the schedule, for `cancel` and `promote`. Default: random. With `cron` it is needed, and replaces the one before. */
  readonly id?: string;
  /** After this time, by the clock of the server. */
  readonly delay?: Duration;
  /** At this time, ms since 1970, by the clock of the server. */
  readonly at?: number;
  /** Again and again: five or six fields, as croner reads them. What fell due while no scheduler ran is made up for once. */
  readonly cron?: string;
  /** The time zone of `cron`, such as `'Europe/Berlin'`. Default UTC. */
  readonly timeZone?: string;
}

/** Resolves when it is due; `nowMs` is only where a recurrence begins. Throws `InvalidArgumentError`. */
export function resolveSchedule(options: ScheduleOptions, nowMs: number): DueTime {
  checkObject('schedule', options);
  const { delay, at, cron, timeZone = 'UTC', id } = options;
  if ([delay, at, cron].filter((one) => one !== undefined).length !== 1) {
    throw new InvalidArgumentError('schedule', 'must say exactly one of delay, at and cron', options);
  }
  if (delay !== undefined) return { delayMs: durationMs(delay, 'delay', { minMs: 0 }) };
  if (at !== undefined) {
    if (!Number.isSafeInteger(at) || at < 0) {
      throw new InvalidArgumentError('at', 'must be a time in whole ms since 1970', at);
    }
    return { atMs: at };
  }
  if (typeof timeZone !== 'string')
    throw new InvalidArgumentError('timeZone', 'must be the name of a time zone', timeZone);
  if (id === undefined) throw new InvalidArgumentError('id', 'must be given with cron', id);
  const recurrence = cron as string;
  const atMs = nextTime(recurrence, timeZone, nowMs);
  if (atMs === null) throw new InvalidArgumentError('cron', 'must have a time to come', recurrence);
  return { atMs, recurrence, timeZone };
}

/** The first time after `afterMs`; null when there is none. Throws `InvalidArgumentError` for what is no recurrence. */
export function nextTime(recurrence: string, timeZone: string, afterMs: number): number | null {
  try {
    const next = new Cron(recurrence, { timezone: timeZone, paused: true }).nextRun(new Date(afterMs));
    return next === null ? null : next.getTime();
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : String(cause);
    throw new InvalidArgumentError(
      'cron',
      `must be a recurrence in a known time zone: ${detail}`,
      recurrence,
    );
  }
}
