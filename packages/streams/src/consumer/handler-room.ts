/** One of those who share a room, and how much of it is his when all want it. */
export interface RoomGuest {
  readonly weight: number;
  /** There may be a place. */
  wake(): void;
}

/**
 * How many handlers may run at once, over all that share the room: the partitions or the lanes of one consumer. While there
 * is more to do than places, each guest gets its share by weight (stride scheduling: every place costs a guest one by its
 * weight, and the next place goes to whoever has paid least), so the lowest weight is served too. A guest that was away
 * saves nothing up.
 */
export class HandlerRoom {
  readonly #limit: number;
  readonly #paid = new Map<RoomGuest, number>();
  readonly #wanting = new Set<RoomGuest>();
  #running = 0;
  /** What the last guest let in had paid: nobody who comes (again) has paid less. */
  #floor = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Whether there is a place. When there is none, `guest` is woken when it is its turn. */
  hasPlace(guest: RoomGuest): boolean {
    if (this.#running < this.#limit) return true;
    this.#wanting.add(guest);
    return false;
  }

  /** Takes a place. */
  enter(guest: RoomGuest): void {
    this.#running++;
    this.#wanting.delete(guest);
    this.#floor = Math.max(this.#paid.get(guest) ?? 0, this.#floor);
    this.#paid.set(guest, this.#floor + 1 / guest.weight);
  }

  /** Gives a place back: to the next who has something to do. */
  leave(): void {
    this.#running--;
    while (this.#running < this.#limit) {
      const next = this.#next();
      if (next === undefined) return;
      this.#wanting.delete(next);
      next.wake();
    }
  }

  /** It comes no more. */
  forget(guest: RoomGuest): void {
    this.#wanting.delete(guest);
    this.#paid.delete(guest);
  }

  #next(): RoomGuest | undefined {
    let next: RoomGuest | undefined;
    for (const guest of this.#wanting) {
      if (next === undefined || this.#debt(guest) < this.#debt(next)) next = guest;
    }
    return next;
  }

  #debt(guest: RoomGuest): number {
    return this.#paid.get(guest) ?? 0;
  }
}
