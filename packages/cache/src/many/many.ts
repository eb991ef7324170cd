import { AbortedError, type CallOptions, InvalidArgumentError, type PenknifeError } from '@penknife/core';
import type { ManyResult } from '../cache.js';
import type { ValueCodec } from '../codec/value-codec.js';
import type { Write, Writer } from '../invalidation/writer.js';
import type { Place, Places, Tag } from '../keys.js';
import type { Retrieval } from '../load/retrieval.js';
import type { BulkLoader } from '../loader.js';
import type { LocalKeeper } from '../local/local-keeper.js';
import type { GetOptions, GetOrSetOptions, SetOptions } from '../options.js';
import type { Requests } from '../requests.js';
import { BulkRun } from './bulk-run.js';
import { pairsOf } from './pairs.js';

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
    const { retrieval, requests, places, keeper } = this.#parts;
    const tags = places.tags(options.tags ?? []);
    const { values, missing } = this.#here<V>(keys, tags);
    return requests.patient(options.deadlineMs, options.signal, async () => {
      const failures = new Map<string, unknown>();
      const looks = await retrieval.lookAll(missing, tags);
      for (const [i, look] of looks.entries()) {
        const { key } = missing[i] as Place;
        if ('failed' in look) failures.set(key, look.error);
        else if (look.found !== undefined) values.set(key, keeper.given(look.found.value) as V);
      }
      return { values, failures };
    });
  }

  async getOrSetMany<V>(
    keys: readonly string[],
    loader: BulkLoader<V>,
    options: GetOrSetOptions | undefined,
  ): Promise<ManyResult<V>> {
    const { requests, keeper } = this.#parts;
    if (typeof loader !== 'function') throw new InvalidArgumentError('loader', 'must be a function', loader);
    const checked = requests.check(options);
    if (checked.signal?.aborted === true) throw new AbortedError(checked.signal.reason, 'no');
    const { values, missing } = this.#here<V>(keys, checked.tags);
    const run = new BulkRun<V>(
      missing.map(({ key }) => key),
      loader,
    );
    const answers = missing.map((place) => {
      const decided = (): void => run.decided(place.key);
      const answer = requests.get(place, (context) => run.load(context as never), checked, decided);
      return answer.finally(decided);
    });
    const failures = new Map<string, unknown>();
    for (const [i, outcome] of (await Promise.allSettled(answers)).entries()) {
      const { key } = missing[i] as Place;
      if (outcome.status === 'rejected') failures.set(key, outcome.reason);
      else if (outcome.value !== undefined) values.set(key, keeper.given(outcome.value) as V);
    }
    return { values, failures };
  }

  async setMany(
    entries: Iterable<readonly [string, unknown]>,
    options: SetOptions,
  ): Promise<ReadonlyMap<string, PenknifeError>> {
    const writes = [...new Map(pairsOf('entries', entries))].map(([key, value]) =>
      this.#parts.prepare(key, value, options),
    );
    keysOf(writes.map(({ place }) => place.key));
    if (writes.length === 0) return new Map();
    const failures = await this.#parts.writer.write(writes, options as CallOptions);
    return new Map([...failures].map(([i, error]) => [(writes[i] as Write).place.key, error]));
  }

  /** What the local tier has, and where the others are. Every key is checked before anything is sent. */
  #here<V>(
    keys: readonly string[],
    tags: readonly Tag[],
  ): { readonly values: Map<string, V>; readonly missing: readonly Place[] } {
    const { keeper, places } = this.#parts;
    const values = new Map<string, V>();
    const missing: Place[] = [];
    for (const place of [...keysOf(keys)].map((key) => places.of(key))) {
      const hit = keeper.hit(place.key, tags);
      if (hit === undefined) missing.push(place);
      else values.set(place.key, keeper.given(hit.value) as V);
    }
    return { values, missing };
  }
}

function keysOf(keys: readonly string[]): ReadonlySet<string> {
  if (!Array.isArray(keys)) throw new InvalidArgumentError('keys', 'must be a list of strings', keys);
  const unique = new Set<string>(keys);
  if (unique.size > mostKeys)
    throw new InvalidArgumentError('keys', `must be at most ${mostKeys}`, unique.size);
  return unique;
}
