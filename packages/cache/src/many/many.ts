import { type CallOptions, InvalidArgumentError, type PenknifeError } from '@penknife/core';
import type { ManyResult } from '../cache.js';
import type { ValueCodec } from '../codec/value-codec.js';
import type { Write, Writer } from '../invalidation/writer.js';
import type { Place, Places } from '../keys.js';
import type { Retrieval } from '../load/retrieval.js';
import type { BulkLoader } from '../loader.js';
import type { LocalKeeper } from '../local/local-keeper.js';
import type { GetOptions, GetOrSetOptions, SetOptions } from '../options.js';
import type { Requests } from '../requests.js';
import { BulkRun } from './bulk-run.js';

/** What batches are made of. */
export interface ManyParts {
  readonly places: Places;
  readonly keeper: LocalKeeper;
  readonly retrieval: Retrieval;
  readonly requests: Requests;
  readonly writer: Writer;
  readonly codec: ValueCodec;
  /** A value to be written, checked and encoded. */
  prepare(key: string, value: unknown, options: SetOptions): Write;
}

/** The most keys of one call. */
const mostKeys = 10_000;

/** Many keys in one call: each key has the guarantees it would have alone, and they share their round trips. */
export class Many {
  readonly #parts: ManyParts;

  constructor(parts: ManyParts) {
    this.#parts = parts;
  }

  async getMany<V>(keys: readonly string[], options: GetOptions): Promise<ManyResult<V>> {
    const { retrieval, requests, places } = this.#parts;
    const tags = places.tags(options.tags ?? []);
    return requests.patient(options.deadlineMs, options.signal, () =>
      this.#collect<V>(keys, async (place) => (await retrieval.look(place, tags))?.value),
    );
  }

  async getOrSetMany<V>(
    keys: readonly string[],
    loader: BulkLoader<V>,
    options: GetOrSetOptions | undefined,
  ): Promise<ManyResult<V>> {
    const { requests } = this.#parts;
    if (typeof loader !== 'function') throw new InvalidArgumentError('loader', 'must be a function', loader);
    const checked = requests.check(options);
    const run = new BulkRun<V>(keysOf(keys), loader);
    return this.#collect<V>(
      keys,
      (place) =>
        requests.get(
          place,
          (context) => run.load(context as never),
          checked,
          () => run.decided(place.key),
        ),
      (key) => run.decided(key),
    );
  }

  async setMany(
    entries: Iterable<readonly [string, unknown]>,
    options: SetOptions,
  ): Promise<ReadonlyMap<string, PenknifeError>> {
    const writes = [...new Map(entries)].map(([key, value]) => this.#parts.prepare(key, value, options));
    keysOf(writes.map(({ place }) => place.key));
    if (writes.length === 0) return new Map();
    const failures = await this.#parts.writer.write(writes, options as CallOptions);
    return new Map([...failures].map(([i, error]) => [(writes[i] as Write).place.key, error]));
  }

  /** What the local tier has, then the others all at once. `known`: nothing is to be waited for at this key any more. */
  async #collect<V>(
    keys: readonly string[],
    one: (place: Place) => Promise<unknown>,
    known: (key: string) => void = () => undefined,
  ): Promise<ManyResult<V>> {
    const { keeper, places } = this.#parts;
    const values = new Map<string, V>();
    const failures = new Map<string, unknown>();
    const asked: { readonly key: string; readonly answer: Promise<unknown> }[] = [];
    // Every key is checked before anything is sent.
    const wanted = [...keysOf(keys)].map((key) => places.of(key));
    for (const place of wanted) {
      const { key } = place;
      const hit = keeper.hit(key);
      if (hit !== undefined) {
        values.set(key, keeper.given(hit.value) as V);
        known(key);
      } else asked.push({ key, answer: one(place).finally(() => known(key)) });
    }
    const outcomes = await Promise.allSettled(asked.map(({ answer }) => answer));
    for (const [i, outcome] of outcomes.entries()) {
      const { key } = asked[i] as { readonly key: string };
      if (outcome.status === 'rejected') failures.set(key, outcome.reason);
      else if (outcome.value !== undefined) values.set(key, keeper.given(outcome.value) as V);
    }
    return { values, failures };
  }
}

function keysOf(keys: readonly string[]): ReadonlySet<string> {
  if (!Array.isArray(keys)) throw new InvalidArgumentError('keys', 'must be a list of strings', keys);
  const unique = new Set<string>(keys);
  if (unique.size > mostKeys)
    throw new InvalidArgumentError('keys', `must be at most ${mostKeys}`, unique.size);
  return unique;
}
