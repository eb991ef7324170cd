import { machineTimeMs } from '@penknife/testing';
import type { AcquireOutcome, Lock, Locks } from '../src/index.js';
import { lockOrThrow } from '../src/index.js';

/** A server that stands still for so long may do so while nothing else does: many turns are over at once then. */
const patienceMs = 8000;

/**
 * Turns the event loop until the condition holds; fails after many turns, which must also have taken a while. Waits for what is
 * on its way, not for time.
 */
export async function eventually(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const untilMs = machineTimeMs() + patienceMs;
  for (let turn = 0; turn < 20_000 || machineTimeMs() < untilMs; turn++) {
    if (await holds()) return;
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
  throw new Error(`it did not come to pass: ${what}`);
}

/** Resolves when this many processes wait in the queue on the server. */
export async function queued(locks: Locks, resource: string, count: number): Promise<void> {
  await eventually(`${count} in the queue`, async () => {
    return (await locks.inspect(resource)).waiting.length === count;
  });
}

/** The lock of an acquisition that must succeed. */
export async function held(outcome: Promise<AcquireOutcome>): Promise<Lock> {
  return lockOrThrow(await outcome);
}

/** A lock whose lease is so short that on a machine that stands still its grant may come too late: tried again until it is held. */
export async function soonOver(acquire: () => Promise<AcquireOutcome>): Promise<Lock> {
  for (;;) {
    const outcome = await acquire();
    if (outcome.ok) return outcome.lock;
    if (outcome.reason !== 'unavailable' && outcome.reason !== 'held') throw new Error(outcome.reason);
  }
}

/** Tells a story that a machine which stands still may spoil, again until it goes well; the last failure if it never does. */
export async function undisturbed(story: (attempt: number) => Promise<void>): Promise<void> {
  for (let attempt = 1; attempt < 10; attempt++) {
    if (
      await story(attempt).then(
        () => true,
        () => false,
      )
    )
      return;
  }
  await story(10);
}
