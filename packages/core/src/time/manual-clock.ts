import type { Clock, Timer } from '../contract/clock.js';
import { InvalidArgumentError } from '../errors/invalid-argument-error.js';
import { refuseUnlessNumber, sleepOn } from './system-clock.js';

/** A clock that stands still until it is moved by hand: an hour of waiting in a millisecond. */
export interface ManualClock extends Clock {
  /**
   * Moves both times on by `ms`, firing due timers in order of their due time (ties: as they were made), each with the clock
   * standing at its due time. Before, between and after timers it lets everything run that is ready: promises, immediates.
   * A timer armed on the way fires too when it is due within the span. Calls run one after another. Rejects, at the end,
   * with what a timer's listener threw.
   */
  advance(ms: number): Promise<void>;
  /** Sets the wall clock alone, forwards or back, as an operator or NTP would. Timers and `monotonic` do not notice. */
  setNow(epochMs: number): void;
  /** How many timers are armed: a handle that was closed leaves none. */
  readonly armed: number;
}

interface Armed {
  readonly dueMs: number;
  readonly listener: () => void;
}

/** How many turns of the event loop follow each timer. Clients write and read in immediates, one after another. */
const turns = 3;

/** A manual clock whose wall clock starts at `startMs` (default: 2026-01-01 UTC) and whose monotonic time starts at 0. */
export function createManualClock(startMs: number = Date.UTC(2026, 0, 1)): ManualClock {
  refuseUnlessFinite('startMs', startMs);
  /** Sorted by due time; those due at the same time in the order they were made. */
  const timers: Armed[] = [];
  let wallOffsetMs = startMs;
  let elapsedMs = 0;
  let tail: Promise<void> = Promise.resolve();

  async function run(untilMs: number): Promise<void> {
    const failures: unknown[] = [];
    await settle();
    for (let timer = timers[0]; timer !== undefined && timer.dueMs <= untilMs; timer = timers[0]) {
      timers.shift();
      elapsedMs = Math.max(elapsedMs, timer.dueMs);
      try {
        timer.listener();
      } catch (error) {
        failures.push(error);
      }
      await settle();
    }
    elapsedMs = untilMs;
    await settle();
    if (failures.length === 1) throw failures[0];
    if (failures.length > 1) throw new AggregateError(failures, `${failures.length} timers threw`);
  }

  const clock: ManualClock = {
    now: () => wallOffsetMs + elapsedMs,
    monotonic: () => elapsedMs,
    timer(delayMs, listener): Timer {
      refuseUnlessNumber(delayMs);
      const timer: Armed = { dueMs: elapsedMs + Math.max(0, delayMs), listener };
      timers.splice(firstAfter(timers, timer.dueMs), 0, timer);
      return {
        cancel() {
          const at = timers.indexOf(timer);
          if (at >= 0) timers.splice(at, 1);
        },
      };
    },
    sleep: (delayMs, signal) => sleepOn(clock, delayMs, signal),
    advance(ms) {
      if (typeof ms !== 'number' || !Number.isFinite(ms) || ms < 0) {
        return Promise.reject(new InvalidArgumentError('ms', 'must be a finite number of at least 0', ms));
      }
      const moved = tail.then(() => run(elapsedMs + ms));
      tail = moved.catch(() => undefined);
      return moved;
    },
    setNow(epochMs) {
      refuseUnlessFinite('epochMs', epochMs);
      wallOffsetMs = epochMs - elapsedMs;
    },
    get armed() {
      return timers.length;
    },
  };
  return clock;
}

/** The place after every timer that is due at `dueMs` or before. */
function firstAfter(timers: readonly Armed[], dueMs: number): number {
  let low = 0;
  let high = timers.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((timers[middle]?.dueMs ?? 0) <= dueMs) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Lets promises and immediates run, and what they start. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
}

function refuseUnlessFinite(argument: string, value: number): void {
  if (typeof value !== 'number' || !Number.isFinite(value)) {
    throw new InvalidArgumentError(argument, 'must be a finite number', value);
  }
}
