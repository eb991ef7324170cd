import type { Driver } from '@penknife/core';
import type { Sweeping } from '../sweeper/sweeper.js';
import { endSweep, settleDue, sweepDue } from './commands.js';

/** A due set to sweep. Both keys share a hash tag. */
export interface DueSetSweepOptions {
  readonly leaseKey: string;
  readonly dueKey: string;
  /** Names this process; no other has the same. */
  readonly holder: string;
  /** Longer than the sweeper's own interval: how long others wait for a holder that died. */
  readonly leaseMs: number;
  /** Members taken at once. */
  readonly batch: number;
  /** How long one batch may take: afterwards its members are due again, here or elsewhere. */
  readonly hideMs: number;
  /**
   * Deals with members that are due, each at least once. When it resolves they are removed; when it rejects they come again
   * after `hideMs`. `signal`: the sweeper closes.
   */
  handle(members: readonly string[], signal: AbortSignal): Promise<void>;
}

/** How a `Sweeper` sweeps a due set that `addDue` fills. */
export function sweepDueSet(driver: Driver, options: DueSetSweepOptions): Sweeping {
  const { leaseKey, dueKey, holder, leaseMs, batch, hideMs } = options;
  return {
    async sweep(signal) {
      const call = sweepDue([leaseKey, dueKey], [holder, leaseMs, batch, hideMs]);
      const { elsewhereMs, nextDueMs, hiddenUntil, members } = await driver.send(call, { signal });
      if (elsewhereMs > 0) return { kind: 'elsewhere', leftMs: elsewhereMs };
      if (members.length > 0) {
        await options.handle(members, signal);
        // What was done is done: also while closing it must not come again.
        await driver.send(settleDue([dueKey], [hiddenUntil, ...members]));
      }
      return { kind: 'swept', nextDueMs: nextDueMs < 0 ? undefined : nextDueMs };
    },
    async leave() {
      await driver.send(endSweep([leaseKey], [holder]));
    },
  };
}
