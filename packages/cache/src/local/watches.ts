/** A read or load under way. `overruled`: its key was invalidated since it began, so what it found must not be kept. */
export interface Watch {
  readonly id: string;
  overruled: boolean;
}

/** Who is under way with which key, so that an invalidation finds them. */
export class Watches {
  readonly #watches = new Map<string, Set<Watch>>();

  begin(id: string): Watch {
    const watch: Watch = { id, overruled: false };
    const others = this.#watches.get(id);
    if (others === undefined) this.#watches.set(id, new Set([watch]));
    else others.add(watch);
    return watch;
  }

  end(watch: Watch): void {
    const others = this.#watches.get(watch.id);
    if (others?.delete(watch) && others.size === 0) this.#watches.delete(watch.id);
  }

  overrule(id: string): void {
    for (const watch of this.#watches.get(id) ?? []) watch.overruled = true;
  }

  overruleAll(): void {
    for (const watches of this.#watches.values()) for (const watch of watches) watch.overruled = true;
  }
}
