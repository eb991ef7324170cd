import { LRUCache } from 'lru-cache';
import type { LocalOptions } from '../options.js';
import { deepFreeze } from './freeze.js';

/** A value in this process. Times are on the monotonic clock, in ms. */
export interface LocalEntry {
  /** As the caller says it: different keys never share an id, but one key can look like another's id. */
  readonly key: string;
  readonly value: unknown;
  /** Until here it serves as it is, while the position is confirmed. 0: only when Redis cannot be asked. */
  readonly freshUntil: number;
  /** The same when Redis cannot be asked. */
  readonly alone: { readonly freshUntil: number; readonly fallbackUntil: number };
  readonly bytes: number;
  /** Ids of tags. */
  readonly tags: readonly string[];
}

/** The tier inside of the process: bounded by entries and bytes, least recently used go first. */
export class LocalTier {
  readonly #entries: LRUCache<string, LocalEntry>;
  readonly #values: 'frozen' | 'shared' | 'cloned';
  /** Which entries bear a tag. */
  readonly #byTag = new Map<string, Set<string>>();
  evictions = 0;

  constructor({ maxEntries, maxBytes, values }: Required<LocalOptions>) {
    this.#values = values;
    this.#entries = new LRUCache({
      max: maxEntries,
      maxSize: maxBytes,
      dispose: (entry, id, reason) => {
        if (reason === 'evict') this.evictions++;
        if (entry.tags.length > 0) this.#untag(id, entry);
      },
    });
  }

  get entries(): number {
    return this.#entries.size;
  }

  get bytes(): number {
    return this.#entries.calculatedSize;
  }

  get(id: string): LocalEntry | undefined {
    return this.#entries.get(id);
  }

  /** The entry without counting as a use. */
  look(id: string): LocalEntry | undefined {
    return this.#entries.peek(id);
  }

  put(id: string, entry: LocalEntry): void {
    this.#entries.set(id, entry, { size: Math.max(1, entry.bytes + entry.key.length) });
    // After the one before was disposed of; one that is too large was not taken.
    if (entry.tags.length > 0 && this.#entries.peek(id) === entry) this.#tag(id, entry);
  }

  drop(id: string): void {
    this.#entries.delete(id);
  }

  dropTag(tag: string): void {
    for (const id of this.#byTag.get(tag) ?? []) this.#entries.delete(id);
  }

  dropAll(): void {
    this.#byTag.clear();
    this.#entries.clear();
  }

  get copies(): boolean {
    return this.#values === 'cloned';
  }

  /** A value as it is kept here. */
  kept<T>(value: T): T {
    return this.#values === 'frozen' ? deepFreeze(value) : value;
  }

  /** A value as a caller gets it. */
  given(value: unknown): unknown {
    return this.#values === 'cloned' ? structuredClone(value) : value;
  }

  #tag(id: string, { tags }: LocalEntry): void {
    for (const tag of tags) {
      const ids = this.#byTag.get(tag);
      if (ids === undefined) this.#byTag.set(tag, new Set([id]));
      else ids.add(id);
    }
  }

  #untag(id: string, { tags }: LocalEntry): void {
    for (const tag of tags) {
      const ids = this.#byTag.get(tag);
      if (ids?.delete(id) && ids.size === 0) this.#byTag.delete(tag);
    }
  }
}
