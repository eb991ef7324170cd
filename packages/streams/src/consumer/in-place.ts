import type { Timer } from '@penknife/core';
import type { ConsumerParts } from './consumer-parts.js';
import { HeldEntry } from './held-entry.js';
import type { Holdings } from './holdings.js';
import { type KeyLanes, keyOf } from './key-lanes.js';
import type { Settlements } from './settlements.js';

/**
 * What an ordered consumer does with a message that failed: it keeps it, so that nothing of its key can pass it by, and
 * tries again itself; or it halts the key.
 */
export class InPlace {
  readonly #parts: ConsumerParts;
  readonly #lanes: KeyLanes;
  readonly #holdings: Holdings;
  readonly #settlements: Settlements;
  readonly #pump: () => void;
  readonly #timers = new Set<Timer>();
  #stopped = false;
  readonly #halted = new WeakMap<HeldEntry, () => Promise<boolean>>();

  constructor(
    parts: ConsumerParts,
    lanes: KeyLanes,
    holdings: Holdings,
    settlements: Settlements,
    pump: () => void,
  ) {
    this.#parts = parts;
    this.#lanes = lanes;
    this.#holdings = holdings;
    this.#settlements = settlements;
    this.#pump = pump;
  }

  /** Counts the failure and starts the message again after `delayMs`. False when it was not ours any more. */
  async again(entry: HeldEntry, delayMs: number): Promise<boolean> {
    const next = await this.#settlements.again(entry, (again) => {
      this.#lanes.replace(entry, again);
    });
    if (next === undefined) return false;
    if (this.#stopped) return true;
    const timer = this.#parts.driver.clock.timer(delayMs, () => {
      this.#timers.delete(timer);
      this.#lanes.restart(next);
      this.#pump();
    });
    this.#timers.add(timer);
    return true;
  }

  /** Halts the key of the message, and says so. False when messages are skipped, or this one has no key. */
  halt(entry: HeldEntry, reason: string, error: unknown, bury: () => Promise<boolean>): boolean {
    const key = keyOf(entry);
    if (!this.#parts.options.haltsKeys || key === undefined || entry.state !== 'started') return false;
    // The handler may return yet; that must not acknowledge it.
    entry.state = 'halted';
    this.#lanes.halt(entry);
    this.#halted.set(entry, bury);
    this.#parts.emit({ type: 'key-halted', key, id: entry.id, reason, error });
    return true;
  }

  /** Ends a halt. False when the key is not halted here. */
  async resume(key: string, how: 'retry' | 'skip'): Promise<boolean> {
    const entry = this.#lanes.haltedAt(key);
    const bury = entry && this.#halted.get(entry);
    if (entry === undefined || bury === undefined) return false;
    this.#halted.delete(entry);
    if (how === 'skip') return bury();
    // Fresh budgets: whoever resumes has mended something.
    const again = new HeldEntry(entry, entry.deliveries, 0, entry.leaseUntilMs);
    again.forgiven = true;
    again.seen = true;
    this.#lanes.replace(entry, again);
    this.#holdings.exchange(entry, again);
    this.#lanes.restart(again);
    this.#pump();
    return true;
  }

  stop(): void {
    this.#stopped = true;
    for (const timer of this.#timers) timer.cancel();
    this.#timers.clear();
  }
}
