import { nextTick } from 'node:process';

// Taken at once: a test may replace the globals by fake timers.
const immediate = setImmediate;

/**
 * Resolves when nothing can go on by itself any more: Node runs the next tick when all promises that are ready have been
 * continued, and what those set off. To be called from within a promise's continuation.
 */
export function settle(): Promise<void> {
  return new Promise((resolve) => nextTick(resolve));
}

/** Lets the event loop have a turn: the test runner has something to do, too. */
export function breathe(): Promise<void> {
  return new Promise((resolve) => immediate(resolve));
}
