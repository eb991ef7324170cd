import { type Clock, sleepOn, type Timer } from '@penknife/core';

/** Where every schedule begins: 2026-01-01 UTC. */
const startMs = Date.UTC(2026, 0, 1);

class Alarm implements Timer {
  readonly dueMs: number;
  readonly listener: () => void;
  cancelled = false;

  constructor(dueMs: number, listener: () => void) {
    this.dueMs = dueMs;
    this.listener = listener;
  }

  cancel(): void {
    this.cancelled = true;
  }
}

/** The time of a simulated world. It stands still until the scheduler moves it, and waits for nothing. */
export class SimulationClock implements Clock {
  /** Sorted by due time; those due at the same time in the order they were made. */
  #alarms: Alarm[] = [];
  #elapsedMs = 0;

  now(): number {
    return startMs + this.#elapsedMs;
  }

  monotonic(): number {
    return this.#elapsedMs;
  }

  timer(delayMs: number, listener: () => void): Timer {
    const alarm = new Alarm(this.#elapsedMs + Math.max(0, delayMs), listener);
    const alarms = this.#alarms;
    let at = alarms.length;
    while (at > 0 && (alarms[at - 1] as Alarm).dueMs > alarm.dueMs) at--;
    alarms.splice(at, 0, alarm);
    return alarm;
  }

  sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    return sleepOn(this, delayMs, signal);
  }

  /** How long until the next timer is due; undefined without one. */
  get nextInMs(): number | undefined {
    const next = this.#next();
    return next === undefined ? undefined : Math.max(0, next.dueMs - this.#elapsedMs);
  }

  /** Moves the time on, at most to the next timer, and lets that one fire if it is due then: one at a time. */
  move(byMs: number): void {
    const next = this.#next();
    const untilMs = this.#elapsedMs + byMs;
    if (next === undefined || next.dueMs > untilMs) {
      this.#elapsedMs = untilMs;
      return;
    }
    this.#elapsedMs = Math.max(this.#elapsedMs, next.dueMs);
    this.#alarms.shift();
    next.listener();
  }

  /** Back to the beginning, without any timer. */
  reset(): void {
    this.#alarms = [];
    this.#elapsedMs = 0;
  }

  #next(): Alarm | undefined {
    while (this.#alarms[0]?.cancelled) this.#alarms.shift();
    return this.#alarms[0];
  }
}
