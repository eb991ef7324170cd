import { backoffMs, type Command, isPenknifeError } from '@penknife/core';
import { groupIsGone } from '../commands/group.js';
import { ackAll, type Death, moveToDeadLetters, retryLater, type SettleStatus } from '../commands/settle.js';
import type { ConsumerParts } from './consumer-parts.js';
import type { HeldEntry } from './held-entry.js';
import type { Holdings } from './holdings.js';

interface PendingAck {
  readonly entry: HeldEntry;
  readonly settled: (status: SettleStatus | 'unknown') => void;
}

const acksAtOnce = 200;
const backoff = { baseMs: 20, maxMs: 1000, jitter: 'equal' } as const;

/**
 * Settles entries: acknowledged, put back for later, or buried. Each settlement is fenced on the server by owner and
 * delivery. While the server cannot be asked it is tried again for as long as the entry is ours. Acknowledgements that
 * come up while one is on its way leave together in the next.
 */
export class Settlements {
  readonly #parts: ConsumerParts;
  readonly #holdings: Holdings;
  readonly #changed: () => void;
  readonly #acks: PendingAck[] = [];
  #flushing = false;
  #underWay = 0;

  /** `changed` is called whenever an entry was settled, and there may be room for another. */
  constructor(parts: ConsumerParts, holdings: Holdings, changed: () => void) {
    this.#parts = parts;
    this.#holdings = holdings;
    this.#changed = changed;
  }

  /** Settlements that have no answer yet. */
  get underWay(): number {
    return this.#underWay;
  }

  /** True when the acknowledgement counted. */
  ack(entry: HeldEntry): Promise<boolean> {
    if (!this.#begin(entry)) return Promise.resolve(false);
    return new Promise((resolve) => {
      this.#acks.push({ entry, settled: (status) => resolve(this.#end(entry, status)) });
      if (this.#flushing) return;
      this.#flushing = true;
      // What is acknowledged in this very turn leaves together.
      queueMicrotask(() => void this.#flush());
    });
  }

  /** Puts the entry back, to be tried again after `delayMs`. Counts as a failure. */
  async retry(entry: HeldEntry, delayMs: number): Promise<boolean> {
    if (!this.#begin(entry)) return false;
    const { keys, owner } = this.#parts;
    const status = await this.#insist(entry, retryLater(keys, owner, entry, delayMs));
    return this.#end(entry, status);
  }

  /** Makes the entry a dead letter. Gives how many the group has then; undefined when it was not ours to bury. */
  async bury(entry: HeldEntry, death: Death): Promise<number | undefined> {
    if (!this.#begin(entry)) return undefined;
    const { keys, owner, options } = this.#parts;
    const command = moveToDeadLetters(keys, owner, entry, options.deadLetterLimit, death);
    const result = await this.#insist(entry, command);
    if (typeof result === 'string') return this.#end(entry, result) ? 0 : undefined;
    return this.#end(entry, result.status) ? result.deadLetters : undefined;
  }

  #begin(entry: HeldEntry): boolean {
    if (entry.state === 'let-go' || entry.state === 'settling') return false;
    entry.state = 'settling';
    this.#underWay++;
    return true;
  }

  #end(entry: HeldEntry, status: SettleStatus | 'unknown'): boolean {
    this.#underWay--;
    this.#holdings.remove(entry);
    if (status === 'trimmed') this.#parts.emit({ type: 'payload-lost', ids: [entry.id] });
    else if (status !== 'done' && !entry.trimmed) {
      this.#parts.emit({ type: 'unconfirmed', id: entry.id, status });
    }
    this.#changed();
    return status === 'done' || entry.trimmed;
  }

  async #flush(): Promise<void> {
    const { driver, keys, owner } = this.#parts;
    for (let attempt = 1; this.#acks.length > 0; attempt++) {
      const some = this.#acks.splice(0, acksAtOnce);
      const command = ackAll(
        keys,
        owner,
        some.map(({ entry }) => entry),
      );
      try {
        const statuses = await driver.send(command);
        some.forEach(({ settled }, i) => {
          settled(statuses[i] ?? 'unknown');
        });
        attempt = 0;
      } catch (error) {
        this.#acks.unshift(...some.filter((pending) => !this.#isOver(error, pending)));
        await driver.clock.sleep(backoffMs(backoff, attempt, driver.random));
      }
    }
    this.#flushing = false;
  }

  /** Settles what no further try can: the group is gone, the driver is closed, or the lease ran out. */
  #isOver(error: unknown, { entry, settled }: PendingAck): boolean {
    const status = this.#lastWord(error, entry);
    if (status === undefined) return false;
    settled(status);
    return true;
  }

  async #insist<T>(entry: HeldEntry, command: Command<T>): Promise<T | SettleStatus | 'unknown'> {
    const { driver } = this.#parts;
    for (let attempt = 1; ; attempt++) {
      try {
        return await driver.send(command);
      } catch (error) {
        const status = this.#lastWord(error, entry);
        if (status !== undefined) return status;
        await driver.clock.sleep(backoffMs(backoff, attempt, driver.random));
      }
    }
  }

  #lastWord(error: unknown, entry: HeldEntry): SettleStatus | 'unknown' | undefined {
    if (groupIsGone(error)) return 'gone';
    if (isPenknifeError(error) && error.code === 'CLOSED') return 'unknown';
    this.#parts.emit({ type: 'error', error });
    return entry.state === 'let-go' ? 'unknown' : undefined;
  }
}
