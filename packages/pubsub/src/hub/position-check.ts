import { type Driver, isPenknifeError, reportListenerError, type Timer } from '@penknife/core';
import { readHead } from '../commands.js';
import type { Position } from '../position.js';

/** A hub whose place can be compared with the server's. */
export interface Checked {
  readonly position: Position | undefined;
  differsFrom(head: Position | undefined): boolean;
  confirm(head: Position, noted: Position | undefined): void;
}

/** How long what is on its way may take before it counts as lost. */
const graceMs = 1000;
/** How many positions are asked for at once. */
const batchSize = 200;

/**
 * Compares quiet `log` channels with the server now and then, so that a message which was lost without any sign (by a
 * cluster's bus, or on a connection that is deaf) is noticed although nothing follows it. One timer for all channels.
 */
export class PositionCheck {
  readonly #driver: Pick<Driver, 'batch' | 'clock'>;
  readonly #intervalMs: number;
  readonly #hubs = new Map<Checked, { readonly headKey: string; last: Position | undefined }>();
  #timer: Timer | undefined;
  #graceTimer: Timer | undefined;

  constructor(driver: Pick<Driver, 'batch' | 'clock'>, intervalMs: number) {
    this.#driver = driver;
    this.#intervalMs = intervalMs;
  }

  add(hub: Checked, headKey: string): void {
    this.#hubs.set(hub, { headKey, last: undefined });
    this.#arm();
  }

  remove(hub: Checked): void {
    this.#hubs.delete(hub);
    if (this.#hubs.size === 0) this.close();
  }

  close(): void {
    this.#timer?.cancel();
    this.#graceTimer?.cancel();
    this.#timer = undefined;
    this.#graceTimer = undefined;
  }

  #arm(): void {
    if (this.#timer !== undefined || this.#hubs.size === 0) return;
    const timer = this.#driver.clock.timer(this.#intervalMs, () => {
      this.#check()
        .catch((error) => {
          if (isClosed(error)) this.#hubs.clear();
          else reportListenerError(error);
        })
        .finally(() => {
          if (this.#timer !== timer) return;
          this.#timer = undefined;
          this.#arm();
        })
        .catch(reportListenerError);
    });
    this.#timer = timer;
  }

  async #check(): Promise<void> {
    // Where messages came since the last time, a hole would have been seen.
    const quiet = [...this.#hubs].filter(([hub, known]) => {
      const { position } = hub;
      const moved = position !== known.last;
      known.last = position;
      return !moved;
    });
    const suspects: [Checked, Position, Position | undefined][] = [];
    for (let i = 0; i < quiet.length; i += batchSize) {
      const part = quiet.slice(i, i + batchSize);
      const heads = await this.#driver.batch(part.map(([, { headKey }]) => readHead(headKey)));
      for (const [j, [hub]] of part.entries()) {
        const outcome = heads[j];
        // Whoever closed the driver alone has ended this too.
        if (outcome?.ok === false && isClosed(outcome.error)) throw outcome.error;
        // A server that does not answer now is asked again next time.
        if (!outcome?.ok || outcome.value === undefined) continue;
        if (this.#hubs.has(hub) && hub.differsFrom(outcome.value))
          suspects.push([hub, outcome.value, hub.position]);
      }
    }
    if (suspects.length === 0 || this.#hubs.size === 0) return;
    this.#graceTimer = this.#driver.clock.timer(graceMs, () => {
      this.#graceTimer = undefined;
      for (const [hub, head, noted] of suspects) if (this.#hubs.has(hub)) hub.confirm(head, noted);
    });
  }
}

function isClosed(error: unknown): boolean {
  return isPenknifeError(error) && error.code === 'CLOSED';
}
