/** Somebody who takes places: the worker of a queue, or of one of its partitions. */
export interface PlaceTaker {
  /** There may be a place for it. */
  roomy(): void;
}

/**
 * Room for handlers, shared by the workers of all partitions of a queue, so that no more run than there are places. What is
 * free is shared evenly among those who want it; who waited comes first, so that no busy partition keeps the others out.
 */
export class Places {
  #free: number;
  readonly #waiting = new Set<PlaceTaker>();

  constructor(count: number) {
    this.#free = count;
  }

  /** Whether there is a place for it now; if not it is told once there may be. */
  hasRoomFor(taker: PlaceTaker): boolean {
    if (this.#shareOf(taker) > 0) return true;
    this.#waiting.add(taker);
    return false;
  }

  /** Takes up to `most`, not more than its share; how many it were is to be given back. */
  take(taker: PlaceTaker, most: number): number {
    const taken = Math.min(most, this.#shareOf(taker));
    if (taken > 0) this.#waiting.delete(taker);
    this.#free -= taken;
    return taken;
  }

  giveBack(count: number): void {
    this.#free += count;
    this.#tell();
  }

  /** It wants none, for now: others need not leave it its share. */
  leave(taker: PlaceTaker): void {
    if (this.#waiting.delete(taker)) this.#tell();
  }

  #shareOf(taker: PlaceTaker): number {
    const waits = this.#waiting.has(taker);
    const all = this.#waiting.size + (waits ? 0 : 1);
    return waits ? Math.ceil(this.#free / all) : Math.floor(this.#free / all);
  }

  #tell(): void {
    let room = this.#free;
    for (const taker of [...this.#waiting]) {
      if (room-- <= 0) return;
      taker.roomy();
    }
  }
}
