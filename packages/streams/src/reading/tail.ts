import { backoffMs, checkCall, type Driver, isPenknifeError } from '@penknife/core';
import { checkListener } from '../arguments.js';
import { lastPosition, readAfter } from '../commands/read.js';
import type { StreamDefinition } from '../definition.js';
import type { DecodedEntry } from '../entry/decode-entry.js';
import { idBefore } from '../entry/position.js';
import type { RawEntry } from '../entry/raw-entry.js';
import { subscribeToWakeUps } from '../wake/wake-up.js';
import type { WakeTarget } from '../wake/watched-stream.js';
import { open, pageSize } from './range.js';
import type { TailOptions } from './read-options.js';

/** Look this often even when nothing wakes. */
const pollMs = 5000;
const backoff = { baseMs: 20, maxMs: 5000, jitter: 'equal' } as const;

/**
 * Follows the log, in order and without a gap while entries are not trimmed faster than they are read: always from the
 * last id that was read, also across lost connections. Ends when the signal fires; rejects when the driver is closed.
 */
export async function* followLog(
  driver: Driver,
  definition: StreamDefinition<never, unknown>,
  target: WakeTarget,
  options: TailOptions,
): AsyncGenerator<DecodedEntry, void, undefined> {
  checkCall(options);
  const { from = 'now', signal, onPoison } = options;
  checkListener('onPoison', onPoison);
  let after = idBefore(from, 'from');
  let wake: () => void = () => undefined;
  let news = true;
  const wakeUps = subscribeToWakeUps(driver, target, () => {
    news = true;
    wake();
  });
  // Also while its reader does not ask for more: it may never do so again.
  const onAbort = (): void => {
    wakeUps.close();
    wake();
  };
  signal?.addEventListener('abort', onAbort, { once: true });
  const call = signal && { signal };
  try {
    for (let failures = 0; !signal?.aborted; ) {
      let page: readonly RawEntry[];
      news = false;
      try {
        // `$` is resolved once: asked again with every read it would skip what came in between.
        if (after === '$') after = (await driver.send(lastPosition(target), call)).log;
        page = await driver.send(readAfter(target.log, after, pageSize), call);
        failures = 0;
      } catch (error) {
        if (signal?.aborted) return;
        if (isPenknifeError(error) && error.code === 'CLOSED') throw error;
        failures++;
        await sleep(backoffMs(backoff, failures, driver.random));
        continue;
      }
      for (const entry of page) {
        if (signal?.aborted) return;
        after = entry.id;
        const decoded = await open(definition, entry, onPoison);
        if (decoded !== undefined) yield decoded;
      }
      if (page.length === pageSize) continue;
      wakeUps.drained(page.length > 0);
      if (!news && !signal?.aborted) await sleep(pollMs);
    }
  } finally {
    signal?.removeEventListener('abort', onAbort);
    wakeUps.close();
  }

  function sleep(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = driver.clock.timer(delayMs, resolve);
      wake = () => {
        timer.cancel();
        resolve();
      };
    });
  }
}
