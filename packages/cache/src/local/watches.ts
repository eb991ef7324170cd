/** A read or load under way, and what was invalidated since it began: what it found must not be kept then. */
export interface Watch {
  readonly id: string;
  /** Its key, or everything. */
  overruled: boolean;
  /** Tags; undefined: none yet. */
  tags: Set<string> | undefined;
}

/** After so many different tags what is under way counts as overruled altogether. */
const mostTags = 1000;

/** Who is under way with which key, so that an invalidation finds them. */
export class Watches {
  readonly #watches = new Map<string, Set<Watch>>();

  /** How many keys somebody is under way with. */
  get size(): number {
    return this.#watches.size;
  }

  begin(id: string): Watch {
    const watch: Watch = { id, overruled: false, tags: undefined };
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

  overruleTag(tag: string): void {
    for (const watches of this.#watches.values()) {
      for (const watch of watches) {
        watch.tags ??= new Set();
        watch.tags.add(tag);
        if (watch.tags.size > mostTags) watch.overruled = true;
      }
    }
  }

  overruleAll(): void {
    for (const watches of this.#watches.values()) for (const watch of watches) watch.overruled = true;
  }
}

/** True when what bears these tags was invalidated while it was watched. */
export function isOverruled(watch: Watch, tags: readonly string[]): boolean {
  return watch.overruled || (watch.tags !== undefined && tags.some((tag) => watch.tags?.has(tag)));
}
