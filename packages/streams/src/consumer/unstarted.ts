import type { Delivery } from '../commands/delivery.js';
import { compareIds } from '../entry/position.js';

/**
 * What is, or may be, pending in a consumer's name although no handler of it ever saw it: what an ordered one let go before
 * it was started, and first deliveries that never came. Taken again it is no further delivery, so it spends no budget.
 */
export class Unstarted {
  readonly #letGo = new Map<string, number>();
  #newest: string;

  /** `own`: nobody had the consumer's name before it, so whatever is pending there was meant for it. */
  constructor(own: boolean) {
    this.#newest = own ? '0-0' : '';
  }

  /** What was let go: ids, each with the number of its delivery. */
  get letGo(): ReadonlyMap<string, number> {
    return this.#letGo;
  }

  /** A first delivery of a higher id never came; `''` when that cannot be said. */
  get newest(): string {
    return this.#newest;
  }

  /** It is let go, and no handler has seen it in this delivery. */
  note({ id, deliveries }: Delivery): void {
    this.#letGo.set(id, deliveries);
  }

  /** They are taken again, or are somebody else's business now. */
  forget(ids: Iterable<string>): void {
    for (const id of ids) this.#letGo.delete(id);
  }

  /** A first delivery of this id came. */
  came(id: string): void {
    if (this.#newest !== '' && compareIds(id, this.#newest) > 0) this.#newest = id;
  }

  /** True of a first delivery that never came. */
  neverCame({ id, deliveries }: Delivery): boolean {
    return deliveries === 1 && this.#newest !== '' && compareIds(id, this.#newest) > 0;
  }
}
