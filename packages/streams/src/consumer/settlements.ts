import { backoffMs, type Command, isPenknifeError, isServerError } from '@penknife/core';
import { type Death, moveToDeadLetters } from '../commands/bury.js';
import type { SettleStatus } from '../commands/delivery.js';
import { groupIsGone } from '../commands/group.js';
import { type Effect, type OnceStatus, settleOnce } from '../commands/once.js';
import { retryHere, retryLater } from '../commands/retry.js';
import { ackAll } from '../commands/settle.js';
import { LeaseLostError } from '../errors.js';
import { type Operation, traced } from '../telemetry.js';
import type { ConsumerParts } from './consumer-parts.js';
import { HeldEntry } from './held-entry.js';
import type { Holdings } from './holdings.js';

interface PendingAck {
  readonly entry: HeldEntry;
  readonly done: ((counted: boolean) => void) | undefined;
}

type LastWord = 'gone' | 'unknown';

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
    return new Promise((resolve) => this.acknowledge(entry, resolve));
  }

  /** The same; `done` is told, if anybody wants to know. */
  acknowledge(entry: HeldEntry, done?: (counted: boolean) => void): void {
    if (!this.#begin(entry)) {
      done?.(false);
      return;
    }
    this.#acks.push({ entry, done });
    if (this.#flushing) return;
    this.#flushing = true;
    // What is acknowledged in this very turn leaves together.
    queueMicrotask(() => void this.#flush());
  }

  /** Puts the entry back, to be tried again after `delayMs`. Counts as a failure. */
  async retry(entry: HeldEntry, delayMs: number): Promise<boolean> {
    if (!this.#begin(entry)) return false;
    const { keys, owner } = this.#parts;
    const status = await this.#insist('retry', entry, retryLater(keys, owner, entry, delayMs));
    return this.#end(entry, status);
  }

  /** Effects, marker and acknowledgement in one act. */
  async once(
    entry: HeldEntry,
    effects: readonly Effect[],
    marker: { readonly of: string; readonly rememberMs: number },
  ): Promise<OnceStatus> {
    if (!this.#begin(entry)) return 'not-ours';
    const { driver, keys, owner } = this.#parts;
    const command = settleOnce(keys, owner, entry, effects, marker, this.#parts.ladder.finish);
    try {
      const status = await this.#traced('once', [entry], () => driver.send(command));
      this.#end(entry, status === 'not-ours' ? 'taken' : 'done');
      return status;
    } catch (error) {
      if (isServerError(error) && !groupIsGone(error)) this.#reopen(entry, error);
      // It may have run: then the entry is not pending any more, else it is found again and retried.
      else this.#end(entry, 'unknown');
      throw error;
    }
  }

  /** Counts a failure and keeps the entry: gives its next delivery, which is held instead; undefined when it was not ours. */
  async again(entry: HeldEntry, replaced: (again: HeldEntry) => void): Promise<HeldEntry | undefined> {
    if (!this.#begin(entry)) return undefined;
    const { driver, keys, owner, options } = this.#parts;
    const sentAtMs = driver.clock.monotonic();
    let status: SettleStatus | 'unknown' = 'unknown';
    try {
      const command = retryHere(keys, owner, entry);
      status = await this.#traced('retry', [entry], () =>
        driver.send(command, { deadlineMs: options.leaseMs }),
      );
    } catch (error) {
      // It may have run, and what delivery this is is not known: it is found in our own pending list.
      this.#parts.emit({ type: 'error', error });
    }
    if (status !== 'done' || entry.lost) {
      this.#end(entry, status);
      return undefined;
    }
    const again = new HeldEntry(entry, entry.deliveries + 1, entry.failures + 1, sentAtMs + options.leaseMs);
    again.forgiven = entry.forgiven;
    replaced(again);
    this.#holdings.exchange(entry, again);
    this.#end(entry, status);
    return again;
  }

  /** Makes the entry a dead letter. Gives how many the group has then; undefined when it was not ours to bury. */
  async bury(entry: HeldEntry, death: Death): Promise<number | undefined> {
    if (!this.#begin(entry)) return undefined;
    const { keys, owner, options } = this.#parts;
    const command = moveToDeadLetters(
      keys,
      owner,
      entry,
      options.deadLetterLimit,
      death,
      this.#parts.ladder.finish,
    );
    const result = await this.#insist('dead-letter', entry, command);
    if (typeof result === 'string') return this.#end(entry, result) ? 0 : undefined;
    return this.#end(entry, result.status) ? result.deadLetters : undefined;
  }

  #begin(entry: HeldEntry): boolean {
    if (entry.state === 'let-go' || entry.state === 'settling') return false;
    entry.state = 'settling';
    this.#underWay++;
    return true;
  }

  /** The server refused an effect: nothing was acknowledged. The handler goes on, and its end counts as a failure. */
  #reopen(entry: HeldEntry, error: unknown): void {
    this.#underWay--;
    entry.refusal = error;
    if (entry.state === 'settling') entry.state = 'started';
    this.#changed();
  }

  #end(entry: HeldEntry, status: SettleStatus | 'unknown'): boolean {
    const counted = this.#close(entry, status);
    this.#changed();
    return counted;
  }

  /** It is settled, whatever came of it; whoever waits for room is told by the caller. */
  #close(entry: HeldEntry, status: SettleStatus | 'unknown'): boolean {
    this.#underWay--;
    // What comes after it in its order must not go on as if it were done.
    if (status === 'taken' || status === 'unknown') entry.lose(new LeaseLostError('taken'));
    this.#holdings.remove(entry);
    if (status === 'trimmed') this.#parts.emit({ type: 'payload-lost', ids: [entry.id] });
    else if (status !== 'done' && !entry.trimmed) {
      this.#parts.emit({ type: 'unconfirmed', id: entry.id, status });
    }
    return status === 'done' || entry.trimmed;
  }

  async #flush(): Promise<void> {
    const { driver, keys, owner } = this.#parts;
    for (let attempt = 1; this.#acks.length > 0; attempt++) {
      const some = this.#acks.splice(0, acksAtOnce);
      const entries = some.map(({ entry }) => entry);
      try {
        const command = ackAll(keys, owner, entries, this.#parts.ladder.finish);
        const statuses = await this.#traced('ack', entries, () => driver.send(command));
        some.forEach((pending, i) => {
          this.#acked(pending, statuses[i] ?? 'unknown');
        });
        this.#changed();
        attempt = 0;
      } catch (error) {
        const word = this.#lastWord(error);
        this.#acks.unshift(...some.filter((pending) => !this.#isOver(word, pending)));
        this.#changed();
        await driver.clock.sleep(backoffMs(backoff, attempt, driver.random));
      }
    }
    this.#flushing = false;
  }

  /** Settles what no further try can: the group is gone, the driver is closed, or the lease ran out. */
  #isOver(word: LastWord | undefined, pending: PendingAck): boolean {
    const status = word ?? letGo(pending.entry);
    if (status === undefined) return false;
    this.#acked(pending, status);
    return true;
  }

  #acked({ entry, done }: PendingAck, status: SettleStatus | 'unknown'): void {
    const counted = this.#close(entry, status);
    done?.(counted);
  }

  #traced<T>(
    outcome: NonNullable<Operation['outcome']>,
    entries: readonly HeldEntry[],
    run: () => Promise<T>,
  ): Promise<T> {
    const { definition, owner, telemetry } = this.#parts;
    const facts = { stream: definition.name, group: owner.group, messages: entries.length, outcome };
    const of = (): Omit<Operation, 'type'> =>
      entries.length === 1 ? { ...facts, messageId: entries[0]?.id as string } : facts;
    return traced(telemetry, 'settle', of, run);
  }

  async #insist<T>(
    outcome: NonNullable<Operation['outcome']>,
    entry: HeldEntry,
    command: Command<T>,
  ): Promise<T | SettleStatus | 'unknown'> {
    const { driver } = this.#parts;
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#traced(outcome, [entry], () => driver.send(command));
      } catch (error) {
        const status = this.#lastWord(error) ?? letGo(entry);
        if (status !== undefined) return status;
        await driver.clock.sleep(backoffMs(backoff, attempt, driver.random));
      }
    }
  }

  /** What an error says for good; undefined, and told, when a further try may do better. */
  #lastWord(error: unknown): LastWord | undefined {
    if (groupIsGone(error)) return 'gone';
    if (isPenknifeError(error) && error.code === 'CLOSED') return 'unknown';
    this.#parts.emit({ type: 'error', error });
    return undefined;
  }
}

function letGo(entry: HeldEntry): LastWord | undefined {
  return entry.state === 'let-go' ? 'unknown' : undefined;
}
