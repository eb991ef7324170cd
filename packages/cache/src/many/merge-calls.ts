import type { ManyResult } from '../cache.js';

interface Turn<V> {
  readonly keys: Set<string>;
  readonly result: Promise<ManyResult<V>>;
}

/** The most keys of one turn; more begin another. */
const mostTogether = 1000;

/**
 * A function for one key whose calls within one turn of the event loop go together. `peek`: what needs no call at all;
 * `check` throws for a key that would be refused.
 */
export function mergeCalls<V>(
  peek: (key: string) => V | undefined,
  check: (key: string) => void,
  many: (keys: readonly string[]) => Promise<ManyResult<V>>,
): (key: string) => Promise<V> {
  let turn: Turn<V> | undefined;

  function next(): Turn<V> {
    const keys = new Set<string>();
    // After what is already due in this turn, so that callers who wait for others of it still come along.
    const result = new Promise<void>((resolve) => process.nextTick(resolve)).then(() => {
      if (turn?.keys === keys) turn = undefined;
      return many([...keys]);
    });
    return { keys, result };
  }

  return async (key) => {
    const known = peek(key);
    if (known !== undefined) return known;
    check(key);
    if (turn === undefined || turn.keys.size >= mostTogether) turn = next();
    turn.keys.add(key);
    const { values, failures } = await turn.result;
    if (failures.has(key)) throw failures.get(key);
    return values.get(key) as V;
  };
}
