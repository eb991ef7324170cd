import { claimDue, reclaimOwn } from '../commands/claim.js';
import { claimExpired } from '../commands/sweep.js';
import type { ConsumerParts } from './consumer-parts.js';
import type { LookingTimes, Wants } from './looking-times.js';
import type { Taking } from './taking.js';

/** One way of taking entries: one command, for what is wanted most. */
export interface TakesNext {
  next(): Promise<void>;
}

/** What a way of taking works with. */
export interface TakingSetup {
  readonly parts: ConsumerParts;
  readonly taking: Taking;
  readonly wants: Wants;
  readonly times: LookingTimes;
  /** It came to the end of the log; `found` says whether the last read gave anything. */
  drained(found: boolean): void;
}

const consumersAtOnce = 100;

/**
 * In no order: what is pending in our own name, then retries that are due, then what dead consumers left, then what is new.
 */
export class PlainTaking implements TakesNext {
  readonly #given: TakingSetup;
  /** The consumer after whose name the walk over the dead goes on. */
  #sweepCursor = '';

  constructor(given: TakingSetup) {
    this.#given = given;
  }

  next(): Promise<void> {
    if (this.#given.wants.own) return this.#takeOwn();
    if (this.#given.wants.due) return this.#takeDue();
    if (this.#given.wants.sweep) return this.#sweep();
    return this.#takeFresh();
  }

  async #takeOwn(): Promise<void> {
    const { keys, owner } = this.#given.parts;
    const { taking, wants } = this.#given;
    const unheld = await taking.unheld();
    const { unstarted } = taking;
    if (unheld.length === 0) wants.own = false;
    else
      await taking.claimed((sender) =>
        sender.send(reclaimOwn(keys, owner, unheld, (one) => unstarted.neverCame(one))),
      );
  }

  async #takeDue(): Promise<void> {
    const { keys, owner } = this.#given.parts;
    this.#given.wants.due = false;
    const { nextDueMs } = await this.#given.taking.claimed((sender) =>
      sender.send(claimDue(keys, owner, this.#given.taking.claimable)),
    );
    if (nextDueMs === 0) this.#given.wants.due = true;
    else if (nextDueMs !== null) this.#given.times.retryIn(nextDueMs);
  }

  async #sweep(): Promise<void> {
    const { driver, keys, owner, options, emit } = this.#given.parts;
    const { leaseMs, consumerIdleMs } = options;
    const { entries, removed, cursor, nextMs } = await this.#given.taking.claimed((sender) =>
      sender.send(
        claimExpired(keys, owner, {
          limit: this.#given.taking.claimable,
          leaseMs,
          consumerIdleMs,
          maxConsumers: consumersAtOnce,
          cursor: this.#sweepCursor,
        }),
      ),
    );
    if (entries.length > 0) emit({ type: 'taken-over', ids: entries.map(({ id }) => id) });
    if (removed.length > 0) emit({ type: 'consumers-removed', names: removed });
    this.#sweepCursor = cursor;
    if (cursor !== '' || nextMs <= 0) return;
    this.#given.wants.sweep = false;
    // Retries that others put back, and such as the sweep listed anew, are known from now on.
    this.#given.wants.due = true;
    // The next look is just after the first moment at which anything can have expired; jitter keeps the members apart.
    this.#given.times.sweepIn(nextMs + 1 + driver.random.fraction() * Math.min(500, leaseMs / 10));
  }

  async #takeFresh(): Promise<void> {
    this.#given.wants.fresh = false;
    const { asked, came } = await this.#given.taking.fresh();
    if (came === asked) this.#given.wants.fresh = true;
    else this.#given.drained(came > 0);
  }
}
