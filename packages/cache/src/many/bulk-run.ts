import { InvalidArgumentError } from '@penknife/core';
import { UndefinedValueError } from '../errors.js';
import type { BulkLoader, BulkLoaderContext, LoaderContext, ValueSayings } from '../loader.js';
import { pairsOf } from './pairs.js';

interface Wanted<V> {
  readonly context: LoaderContext<V>;
  resolve(value: V): void;
  reject(error: unknown): void;
}

/**
 * One call of `getOrSetMany`: waits until it is known of every key whether this process loads it, then runs the bulk loader
 * once, with those keys. Keys that come to this process later (another one's lease ran out) make a second run.
 */
export class BulkRun<V> {
  readonly #loader: BulkLoader<V>;
  /** The keys in the order of the call. */
  readonly #order: ReadonlyMap<string, number>;
  readonly #undecided: Set<string>;
  #wanted: Wanted<V>[] = [];
  #scheduled = false;

  constructor(keys: Iterable<string>, loader: BulkLoader<V>) {
    this.#loader = loader;
    this.#undecided = new Set(keys);
    this.#order = new Map([...this.#undecided].map((key, i) => [key, i]));
  }

  /** It is known whether this key is loaded here. */
  decided(key: string): void {
    if (this.#undecided.delete(key)) this.#schedule();
  }

  /** The loader of one key. */
  load(context: LoaderContext<V>): Promise<V> {
    return new Promise((resolve, reject) => {
      this.#wanted.push({ context, resolve, reject });
      this.#undecided.delete(context.key);
      this.#schedule();
    });
  }

  #schedule(): void {
    if (this.#scheduled || this.#undecided.size > 0 || this.#wanted.length === 0) return;
    this.#scheduled = true;
    // Who was decided just now is about to come.
    queueMicrotask(() => {
      this.#scheduled = false;
      const at = ({ context }: Wanted<V>): number => this.#order.get(context.key) ?? 0;
      void this.#run(this.#wanted.splice(0).sort((one, other) => at(one) - at(other)));
    });
  }

  async #run(wanted: readonly Wanted<V>[]): Promise<void> {
    const failed = new Map<string, unknown>();
    try {
      const given = await this.#loader(contextOf(wanted, failed));
      const values = new Map(pairsOf('what the loader gave', given));
      for (const { context, resolve, reject } of wanted) {
        const { key } = context;
        const value = values.get(key);
        if (failed.has(key)) reject(failed.get(key));
        else if (value === undefined) reject(new UndefinedValueError());
        else resolve(value);
      }
    } catch (error) {
      for (const { context, reject } of wanted) reject(failed.get(context.key) ?? error);
    }
  }
}

function contextOf<V>(wanted: readonly Wanted<V>[], failed: Map<string, unknown>): BulkLoaderContext<V> {
  const contexts = new Map(wanted.map(({ context }) => [context.key, context]));
  const abort = new AbortController();
  let live = wanted.length;
  for (const { context } of wanted) {
    context.signal.addEventListener(
      'abort',
      () => {
        if (--live === 0) abort.abort();
      },
      { once: true },
    );
  }
  const stale = new Map<string, V>();
  for (const { context } of wanted) if (context.stale !== undefined) stale.set(context.key, context.stale);
  return {
    keys: [...contexts.keys()],
    signal: abort.signal,
    stale,
    value: (key): ValueSayings => loadedHere(contexts, key),
    fail: (key, error) => {
      loadedHere(contexts, key);
      failed.set(key, error);
    },
  };
}

function loadedHere<V>(contexts: ReadonlyMap<string, LoaderContext<V>>, key: string): LoaderContext<V> {
  const context = contexts.get(key);
  if (context === undefined)
    throw new InvalidArgumentError('key', 'must be one of those that are to be loaded', key);
  return context;
}
