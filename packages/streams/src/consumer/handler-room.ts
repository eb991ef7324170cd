/**
 * How many handlers may run at once, over all that share the room: the partitions of one consumer. Whoever finds it full is
 * called when a place comes free, in turns.
 */
export class HandlerRoom {
  readonly #limit: number;
  readonly #wanting = new Set<() => void>();
  #running = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Whether there is a place. When there is none `wanting` is called once there is. */
  hasPlace(wanting: () => void): boolean {
    if (this.#running < this.#limit) return true;
    this.#wanting.add(wanting);
    return false;
  }

  /** Takes a place. */
  enter(): void {
    this.#running++;
  }

  /** Gives a place back. */
  leave(): void {
    this.#running--;
    const [next] = this.#wanting;
    if (next === undefined) return;
    this.#wanting.delete(next);
    next();
  }
}
