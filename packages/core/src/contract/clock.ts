/** A running timer. `cancel` is repeatable; a cancelled timer never fires. */
export interface Timer {
  cancel(): void;
}

/** The only source of time. Real by default; under test a clock that is moved by hand. */
export interface Clock {
  /** Wall-clock time in ms since 1970. May jump. For display and for talking to people, not for deadlines. */
  now(): number;
  /** Monotonic ms from an arbitrary origin, with fractions. Never goes back; may stand still while a machine sleeps. */
  monotonic(): number;
  /** Calls `listener` once after `delayMs`. Does not keep the process alive. */
  timer(delayMs: number, listener: () => void): Timer;
  /** Resolves after `delayMs`; rejects with the signal's reason. */
  sleep(delayMs: number, signal?: AbortSignal): Promise<void>;
}
