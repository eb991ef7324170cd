import type { AcquireOutcome, Lock, Locks } from '../src/index.js';
import { lockOrThrow } from '../src/index.js';

/** Turns the event loop until the condition holds; fails after many turns. Waits for what is on its way, not for time. */
export async function eventually(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let turn = 0; turn < 20_000; turn++) {
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
