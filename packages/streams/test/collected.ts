/** Collects what a handler or a listener was told, and lets a test wait for it without asking again and again. */
export interface Collected<T> {
  readonly items: readonly T[];
  push(item: T): void;
  /** Resolves with all items once there are this many. */
  atLeast(count: number): Promise<readonly T[]>;
  /** Resolves with the first item for which it is true, past or to come. */
  first<S extends T>(wanted: (item: T) => item is S): Promise<S>;
  first(wanted: (item: T) => boolean): Promise<T>;
}

export function collected<T>(): Collected<T> {
  const items: T[] = [];
  const waiting = new Set<() => void>();
  const when = <R>(look: () => R | undefined): Promise<R> =>
    new Promise((resolve) => {
      const check = (): void => {
        const found = look();
        if (found === undefined) return;
        waiting.delete(check);
        resolve(found);
      };
      waiting.add(check);
      check();
    });
  return {
    items,
    push(item) {
      items.push(item);
      for (const check of [...waiting]) check();
    },
    atLeast: (count) => when(() => (items.length >= count ? items : undefined)),
    first: (wanted: (item: T) => boolean) => when(() => items.find(wanted)) as Promise<never>,
  };
}

/** A promise and the function that resolves it. */
export function gate<T = void>(): { readonly passed: Promise<T>; open(value: T): void } {
  let open: (value: T) => void = () => undefined;
  const passed = new Promise<T>((resolve) => {
    open = resolve;
  });
  return { passed, open: (value) => open(value) };
}

/** All that an iterable gives. */
export async function all<T>(iterable: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of iterable) items.push(item);
  return items;
}
