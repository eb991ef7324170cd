import { backoffMs, isPenknifeError, type Outcome, type Timer } from '@penknife/core';
import { holdPartition, joinGroup, keepPartition, type Membership } from '../commands/partition.js';
import type { ConsumerParts } from '../consumer/consumer-parts.js';
import type { HeldPartition } from './held-partition.js';
import { fairShare } from './partition-of.js';

/** What looking after shares needs of the consumer. */
export interface SharesHost {
  readonly parts: Pick<ConsumerParts, 'driver' | 'keys' | 'owner' | 'options' | 'emit'>;
  /** The tenure's key of each partition. */
  readonly tenures: readonly string[];
  readonly held: ReadonlyMap<number, HeldPartition>;
  /** Before anything else: the groups are there. */
  prepare(): Promise<void>;
  take(partition: number, generation: number, untilMs: number): void;
  leave(one: HeldPartition): void;
  /** The driver is closed. */
  ended(): void;
}

const backoff = { baseMs: 20, maxMs: 5000, jitter: 'equal' } as const;
const answerWithinMs = 5000;

/**
 * A member's look at its group, from time to time: it says that it lives, prolongs what it has, takes free partitions until
 * it has its fair share, and gives up what exceeds it.
 */
export class PartitionShares {
  readonly #host: SharesHost;
  #looking: Promise<void> | undefined;
  #again = false;
  #stopped = false;
  #failures = 0;
  #lastLookMs: number | undefined;
  #timer: Timer | undefined;

  constructor(host: SharesHost) {
    this.#host = host;
  }

  /** The monotonic time of the last look that was answered. */
  get lastLookMs(): number | undefined {
    return this.#lastLookMs;
  }

  /** Looks now, or once more when a look is under way. */
  look(): void {
    this.#timer?.cancel();
    if (this.#stopped) return;
    if (this.#looking !== undefined) {
      this.#again = true;
      return;
    }
    this.#again = false;
    this.#looking = this.#lookAndWait();
  }

  /** Looks no more; resolves when the look under way is over. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#timer?.cancel();
    await this.#looking;
  }

  /** Prolongs what is held, and no more. Never rejects: what cannot be prolonged ends by itself. */
  async keep(): Promise<void> {
    const { driver, emit } = this.#host.parts;
    const kept = this.#kept();
    if (kept.length === 0) return;
    const sentAtMs = driver.clock.monotonic();
    try {
      const outcomes = await driver.batch(this.#prolonging(kept), { deadlineMs: answerWithinMs });
      this.#prolonged(kept, outcomes, sentAtMs);
    } catch (error) {
      emit({ type: 'error', error });
    }
  }

  async #lookAndWait(): Promise<void> {
    const { driver, emit } = this.#host.parts;
    let nextMs = 0;
    try {
      nextMs = await this.#lookOnce();
      this.#failures = 0;
    } catch (error) {
      if (isPenknifeError(error) && error.code === 'CLOSED') {
        this.#stopped = true;
        this.#host.ended();
      } else {
        emit({ type: 'error', error });
        nextMs = backoffMs(backoff, ++this.#failures, driver.random);
      }
    }
    this.#looking = undefined;
    if (!this.#stopped) this.#timer = driver.clock.timer(this.#again ? 0 : nextMs, () => this.look());
  }

  /** Gives when the next look is due. */
  async #lookOnce(): Promise<number> {
    await this.#host.prepare();
    const { driver, keys, owner, options } = this.#host.parts;
    const kept = this.#kept();
    const sentAtMs = driver.clock.monotonic();
    const [joined, ...outcomes] = await driver.batch(
      [joinGroup(keys, owner.group, owner.consumer, options.leaseMs), ...this.#prolonging(kept)],
      { deadlineMs: answerWithinMs },
    );
    this.#prolonged(kept, outcomes, sentAtMs);
    if (!joined.ok) throw joined.error;
    this.#lastLookMs = driver.clock.monotonic();
    return this.#stopped ? 0 : this.#share(joined.value);
  }

  async #share({ members, nextEndMs }: Membership): Promise<number> {
    const { options, owner } = this.#host.parts;
    const { tenures, held } = this.#host;
    const regularMs = Math.min(options.pollMs, options.leaseMs / 3);
    const rank = members.indexOf(owner.consumer);
    const fair = fairShare(tenures.length, members.length, rank);
    const working = [...held.values()].filter((one) => one.works);
    for (const one of working.slice(fair)) this.#host.leave(one);
    // Members begin at different places, so that they seldom want the same partition.
    const first = Math.floor((rank * tenures.length) / members.length);
    const free = tenures.map((_, i) => (first + i) % tenures.length).filter((one) => !held.has(one));
    const soonestMs = await this.#takeSome(free, fair - working.length);
    // Just after the first moment at which another member or its tenure can have ended.
    return Math.min(regularMs, Math.min(soonestMs, nextEndMs ?? regularMs) + 1);
  }

  /** Takes up to `wanted` of the free ones. Gives when one that another has can be had, while any is wanted. */
  async #takeSome(free: number[], wanted: number): Promise<number> {
    const { driver, owner, options, emit } = this.#host.parts;
    let soonestMs = Number.POSITIVE_INFINITY;
    let missing = wanted;
    while (missing > 0 && free.length > 0 && !this.#stopped) {
      const some = free.splice(0, missing);
      const sentAtMs = driver.clock.monotonic();
      const commands = some.map((partition) =>
        holdPartition(this.#host.tenures[partition] as string, owner.consumer, options.leaseMs),
      );
      const outcomes = await driver.batch(commands, { deadlineMs: answerWithinMs });
      some.forEach((partition, i) => {
        const outcome = outcomes[i];
        if (outcome?.ok !== true) emit({ type: 'error', error: outcome?.error });
        else if (outcome.value.generation === undefined) {
          soonestMs = Math.min(soonestMs, outcome.value.endsInMs);
        } else {
          missing--;
          this.#host.take(partition, outcome.value.generation, sentAtMs + options.leaseMs);
        }
      });
    }
    return missing > 0 ? soonestMs : Number.POSITIVE_INFINITY;
  }

  #kept(): HeldPartition[] {
    return [...this.#host.held.values()].filter((one) => one.lasts);
  }

  #prolonging(kept: readonly HeldPartition[]) {
    const { owner, options } = this.#host.parts;
    return kept.map(({ partition, generation }) =>
      keepPartition(this.#host.tenures[partition] as string, owner.consumer, generation, options.leaseMs),
    );
  }

  #prolonged(kept: readonly HeldPartition[], outcomes: readonly Outcome<boolean>[], sentAtMs: number): void {
    kept.forEach((one, i) => {
      const outcome = outcomes[i];
      if (outcome?.ok !== true) {
        this.#host.parts.emit({ type: 'error', error: outcome?.error });
      } else if (outcome.value === true) one.prolonged(sentAtMs + this.#host.parts.options.leaseMs);
      else one.ended();
    });
  }
}
