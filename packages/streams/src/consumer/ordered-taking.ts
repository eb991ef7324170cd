import { takeInOrder } from '../commands/take-in-order.js';
import type { TakesNext, TakingSetup } from './plain-taking.js';

/** In the order of the log, everything by one script: it stops where another member is at work, and this one stands by. */
export class OrderedTaking implements TakesNext {
  readonly #given: TakingSetup;
  #standingBy = false;
  /** There are entries in our name that are not held. */
  #outOfSight = false;

  constructor(given: TakingSetup) {
    this.#given = given;
  }

  async next(): Promise<void> {
    const { keys, owner, options, emit, driver, tenure } = this.#given.parts;
    const { sweep, own } = this.#given.wants;
    Object.assign(this.#given.wants, { own: false, due: false, sweep: false, fresh: false });
    // Until nothing is left of it, even where others stand before it in the order: what follows must not pass it by.
    if (own) this.#outOfSight = true;
    const unheld = this.#outOfSight ? await this.#given.taking.unheld() : [];
    if (unheld.length === 0) this.#outOfSight = false;
    const { entries, lost, more, blockedMs, removed, tenureOver } = await this.#given.taking.claimed(
      (sender) =>
        sender.send(
          takeInOrder(
            keys,
            owner,
            {
              limit: this.#given.taking.claimable,
              leaseMs: options.leaseMs,
              held: this.#given.taking.held,
              idleMs: sweep ? options.consumerIdleMs : '',
              unheld,
            },
            tenure,
          ),
        ),
    );
    if (tenureOver) {
      tenure?.ended();
      return;
    }
    if (removed.length > 0) emit({ type: 'consumers-removed', names: removed });
    const standingBy = blockedMs !== null && this.#given.taking.held === 0;
    if (standingBy && !this.#standingBy) emit({ type: 'standing-by' });
    this.#standingBy = standingBy;
    // All it saw is ours, and more than we know of.
    if (more && entries.length === 0 && lost.length === 0) this.#given.wants.own = true;
    if (more) this.#given.wants.fresh = true;
    else this.#given.drained(entries.length > 0);
    const jitterMs = driver.random.fraction() * Math.min(500, options.leaseMs / 10);
    this.#given.times.sweepIn((blockedMs ?? options.leaseMs) + 1 + jitterMs);
  }
}
