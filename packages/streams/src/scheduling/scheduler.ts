import { backoffMs, checkObject, type Driver, isPenknifeError, type Timer } from '@penknife/core';
import { checkListener } from '../arguments.js';
import { type Promoted, planNext, promoteDue } from '../commands/schedule.js';
import type { ResolvedRetention } from '../definition.js';
import type { KeysOfStream } from '../keys.js';
import { tell } from '../tell.js';
import { subscribeToWakeUps } from '../wake/wake-up.js';
import { nextTime } from './schedule-options.js';

/** Options of a scheduler. */
export interface SchedulerOptions {
  /** Told of a look that failed; the next one comes after a wait. What it throws is reported and goes no further. */
  readonly onError?: (error: unknown) => void;
}

/** A scheduler that runs. Several may, in any number of processes: each message is appended once, by one act. */
export interface Scheduler {
  /** Looks no more; resolves when the look under way is over. Repeatable. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Looks this often even when nothing wakes and nothing is due. */
const pollMs = 5000;
const promotedAtOnce = 100;
const backoff = { baseMs: 20, maxMs: 5000, jitter: 'equal' } as const;

/** Appends scheduled messages when they are due, and plans those that recur. */
export function startScheduler(
  driver: Driver,
  keys: KeysOfStream,
  retention: ResolvedRetention,
  options: SchedulerOptions,
  ended: (scheduler: Scheduler) => void,
): Scheduler {
  checkObject('options', options);
  const { onError } = options;
  checkListener('onError', onError);
  let closed = false;
  let looking: Promise<void> | undefined;
  let again = false;
  let failures = 0;
  let timer: Timer | undefined;

  /** After how long to look again, in ms; undefined when never. */
  async function look(): Promise<number | undefined> {
    try {
      const { nextDueMs, serverMs, unplanned } = await driver.send(
        promoteDue(keys, promotedAtOnce, retention),
      );
      for (const one of unplanned) {
        const atMs = nextOf(one, serverMs);
        if (atMs === undefined) continue;
        await driver.send(planNext(keys, one.id, one.recurrence, atMs));
        again = true;
      }
      failures = 0;
      return Math.min(pollMs, nextDueMs ?? pollMs);
    } catch (error) {
      if (closed) return undefined;
      // The driver is closed: nothing is ever appended by this one again.
      if (isPenknifeError(error) && error.code === 'CLOSED') {
        end();
        ended(scheduler);
        return undefined;
      }
      failures++;
      tell(onError, error);
      again = false;
      return backoffMs(backoff, failures, driver.random);
    }
  }

  /**
   * When it is due next, after the server's time at which it was; null when never again. Undefined when this process cannot
   * tell: another may, and the rest goes on.
   */
  function nextOf(
    { recurrence, timeZone }: Promoted['unplanned'][number],
    serverMs: number,
  ): number | null | undefined {
    try {
      return nextTime(recurrence, timeZone, serverMs);
    } catch (error) {
      tell(onError, error);
      return undefined;
    }
  }

  function start(): void {
    timer?.cancel();
    if (closed) return;
    if (looking !== undefined) {
      again = true;
      return;
    }
    again = false;
    looking = look().then((waitMs) => {
      // The wait begins as the look ends: who wakes it between the two would wake nobody.
      looking = undefined;
      if (!closed && waitMs !== undefined) timer = driver.clock.timer(again ? 0 : waitMs, start);
    });
  }

  function end(): void {
    closed = true;
    timer?.cancel();
    wakeUps.close();
  }

  const wakeUps = subscribeToWakeUps(driver, keys, (kind) => {
    if (kind !== 'log') start();
  });
  const scheduler: Scheduler = {
    async close() {
      end();
      await looking;
      ended(scheduler);
    },
    [Symbol.asyncDispose]: () => scheduler.close(),
  };
  start();
  return scheduler;
}
