/** A map that keeps the most recently used entries, and no more than it may. */
export class Recent<Value> {
  readonly #entries = new Map<string, Value>();
  readonly #most: number;
  readonly #dropped: ((key: string, value: Value) => void) | undefined;

  /** `dropped` is told of what had to go to make room. */
  constructor(most: number, dropped?: (key: string, value: Value) => void) {
    this.#most = most;
    this.#dropped = dropped;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: string): Value | undefined {
    const value = this.#entries.get(key);
    if (value === undefined) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, value);
    return value;
  }

  set(key: string, value: Value): void {
    this.#entries.delete(key);
    this.#entries.set(key, value);
    if (this.#entries.size <= this.#most) return;
    const [oldest] = this.#entries as Iterable<[string, Value]>;
    if (oldest === undefined) return;
    this.#entries.delete(oldest[0]);
    this.#dropped?.(oldest[0], oldest[1]);
  }

  delete(key: string): boolean {
    return this.#entries.delete(key);
  }

  /** All entries, oldest first. */
  entries(): readonly (readonly [string, Value])[] {
    return [...this.#entries];
  }
}
