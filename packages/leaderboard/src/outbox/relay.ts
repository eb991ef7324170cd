import {
  checkDriver,
  checkObject,
  type Driver,
  type Duration,
  durationMs,
  InvalidArgumentError,
} from '@penknife/core';
import { Sweeper, type SweepOutcome } from '@penknife/machinery';
import { checkListener } from '../checked-board.js';
import type { Outbox, RefusedSubmit, Relayed } from './outbox.js';

/** How an outbox is handed over. */
export interface OutboxRelayOptions {
  /** The longest time between two looks. Default `'1s'`. */
  readonly every?: Duration;
  /** How long others wait for a relay that died. Default `'10s'`. */
  readonly lease?: Duration;
  /** Submits a look, 1 to 1000. Default 100. */
  readonly batch?: number;
  /**
   * Hears of each submit that a board did not take, at least once: its period is closed, a sum would leave its bounds. What it
   * throws is reported; it is not waited for.
   */
  readonly onRefused?: (refused: RefusedSubmit) => void | Promise<void>;
}

/** A worker that hands an outbox over. Of many processes one does it at a time; when it dies another takes over. */
export interface OutboxRelay {
  /** Begins. Repeatable. */
  start(): this;
  /** One look now, whether started or not. */
  run(): Promise<Relayed>;
  /** Stops: resolves when the look under way has ended and the lease is given up. Repeatable. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Makes the relay of a leaderboard whose boards live apart. Every submit that was answered reaches each of its boards at least
 * once and counts there once, in the order of the submits: a relay may be killed at any instruction, and several may run. A
 * board that cannot be reached keeps its submits waiting; other boards go on. Errors are published on the diagnostics channel
 * `penknife:listener.error` and tried again.
 */
export function createOutboxRelay(
  driver: Driver,
  leaderboard: { readonly outbox: Outbox },
  options: OutboxRelayOptions = {},
): OutboxRelay {
  checkDriver(driver);
  checkObject('leaderboard', leaderboard);
  checkObject('options', options);
  const { outbox } = leaderboard;
  const { batch = 100, onRefused } = options;
  checkListener('onRefused', onRefused);
  const everyMs = durationMs(options.every ?? '1s', 'every', { minMs: 10 });
  const leaseMs = durationMs(options.lease ?? '10s', 'lease', { minMs: 100 });
  if (!Number.isSafeInteger(batch) || batch < 1 || batch > 1000) {
    throw new InvalidArgumentError('batch', 'must be a whole number from 1 to 1000', batch);
  }
  let holder: string | undefined;

  async function run(): Promise<Relayed> {
    holder ??= Buffer.from(driver.random.bytes(12)).toString('base64url');
    return outbox.relay({ holder, leaseMs, most: batch, onRefused });
  }

  async function leave(): Promise<void> {
    if (holder !== undefined) await outbox.leave(holder);
  }

  let isStarted = false;
  async function close(): Promise<void> {
    await sweeper.close();
    if (!isStarted) await leave();
  }

  const sweeper = new Sweeper(
    driver,
    {
      async sweep(): Promise<SweepOutcome> {
        const relayed = await run();
        if (relayed.kind === 'elsewhere') return relayed;
        const [failure] = relayed.failures;
        if (failure !== undefined) throw failure;
        return { kind: 'swept', nextDueMs: relayed.left > 0 ? 0 : undefined };
      },
      leave,
    },
    { everyMs },
  );
  const relay: OutboxRelay = {
    start() {
      isStarted = true;
      sweeper.start();
      return relay;
    },
    run,
    close,
    [Symbol.asyncDispose]: close,
  };
  return relay;
}
