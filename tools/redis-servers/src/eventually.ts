import { setTimeout as sleep } from 'node:timers/promises';

const pollMs = 20;

/**
 * Asks again every 20 ms until `check` resolves with true. A rejected check counts as "not yet".
 * Rejects after `withinMs`, naming what was waited for and the last rejection.
 */
export async function eventually(
  what: string,
  check: () => Promise<boolean>,
  withinMs = 15_000,
): Promise<void> {
  const end = performance.now() + withinMs;
  let cause: unknown;
  while (performance.now() < end) {
    try {
      if (await check()) return;
      cause = undefined;
    } catch (error) {
      cause = error;
    }
    await sleep(pollMs);
  }
  throw new Error(`${what}: not within ${withinMs} ms`, { cause });
}
