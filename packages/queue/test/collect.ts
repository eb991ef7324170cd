/** What a test gathers, and waits for by number. */
export interface Collection<T> {
  readonly all: readonly T[];
  push(value: T): void;
  /** Resolves when there are at least so many. */
  count(wanted: number): Promise<void>;
}

/** An empty collection. */
export function collect<T>(): Collection<T> {
  const all: T[] = [];
  const waiting: { readonly wanted: number; readonly resolve: () => void }[] = [];
  return {
    all,
    push(value) {
      all.push(value);
      for (const { wanted, resolve } of waiting) if (all.length >= wanted) resolve();
    },
    count: (wanted) =>
      new Promise((resolve) => {
        if (all.length >= wanted) resolve();
        else waiting.push({ wanted, resolve });
      }),
  };
}

/** Asks again and again until it holds; the test's own time limit ends it. */
export async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setImmediate(resolve));
}
