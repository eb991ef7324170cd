import { takeInOrder } from '../commands/take-in-order.js';
import type { TakesNext, TakingSetup } from './plain-taking.js';

/** In the order of the log, everything by one script: it stops where another member is at work, and this one stands by. */
export class OrderedTaking implements TakesNext {
  readonly #given: TakingSetup;
  #standingBy = false;

  constructor(given: TakingSetup) {
    this.#given = given;
  }

  async next(): Promise<void> {
    const { keys, owner, options, emit, driver, tenure } = this.#given.parts;
    const { sweep } = this.#given.wants;
    Object.assign(this.#given.wants, { own: false, due: false, sweep: false, fresh: false });
    const { entries, more, blockedMs, removed, tenureOver } = await this.#given.taking.claimed((sender) =>
      sender.send(
        takeInOrder(
          keys,
          owner,
          {
            limit: this.#given.taking.claimable,
            leaseMs: options.leaseMs,
            idleMs: sweep ? options.consumerIdleMs : '',
            held: this.#given.taking.held,
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
    const standingBy = blockedMs !== null && this.#given.taking.holdsNothing;
    if (standingBy && !this.#standingBy) emit({ type: 'standing-by' });
    this.#standingBy = standingBy;
    if (more) this.#given.wants.fresh = true;
    else this.#given.drained(entries.length > 0);
    const jitterMs = driver.random.fraction() * Math.min(500, options.leaseMs / 10);
    this.#given.times.sweepIn((blockedMs ?? options.leaseMs) + 1 + jitterMs);
  }
}
