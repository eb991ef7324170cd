import type { Place, Tag } from '../keys.js';
import type { Watch } from '../local/watches.js';
import type { Reading, RecordsReading } from './reading.js';

/** The tags a read asks for. */
export interface AskedTags {
  /** The entry has to bear them. */
  readonly declared: readonly Tag[];
  /** The entry need not bear them, and falls with them all the same. */
  readonly soft: readonly Tag[];
}

/** A read of an entry that waits for its turn. */
export interface WaitingRead {
  readonly place: Place;
  readonly tags: AskedTags;
  /** For others who ask for the same; undefined: its answer goes to one alone. */
  readonly promise: Promise<Reading> | undefined;
  resolve(reading: Reading): void;
  reject(error: unknown): void;
  watch: Watch | undefined;
}

/** A read of records alone that waits for its turn. */
export interface WaitingRecords {
  readonly tags: readonly Tag[];
  resolve(reading: RecordsReading): void;
  reject(error: unknown): void;
}

/** What is asked for within one turn of the event loop, and goes to the server together. */
export class ReadingTurn {
  readonly reads: WaitingRead[] = [];
  readonly records: WaitingRecords[] = [];
  readonly #byId = new Map<string, WaitingRead>();

  /** A read of an entry; the same one for callers who ask for the same. */
  join(place: Place, tags: AskedTags): Promise<Reading> {
    const known = this.#byId.get(place.id);
    if (known?.promise !== undefined && (known.tags === tags || sameAsked(known.tags, tags)))
      return known.promise;
    const waiting = { place, tags, watch: undefined } as Omit<WaitingRead, 'promise'> as WaitingRead;
    const promise = new Promise<Reading>((resolve, reject) => {
      waiting.resolve = resolve;
      waiting.reject = reject;
    });
    (waiting as { promise: Promise<Reading> }).promise = promise;
    this.reads.push(waiting);
    if (known === undefined) this.#byId.set(place.id, waiting);
    return promise;
  }

  /** A read for one alone, who needs no promise of it. */
  add(
    place: Place,
    tags: AskedTags,
    resolve: (reading: Reading) => void,
    reject: (error: unknown) => void,
  ): void {
    this.reads.push({ place, tags, promise: undefined, resolve, reject, watch: undefined });
  }

  joinRecords(tags: readonly Tag[]): Promise<RecordsReading> {
    return new Promise((resolve, reject) => {
      this.records.push({ tags, resolve, reject });
    });
  }

  /** The tags that are asked for, each once. */
  tags(): readonly Tag[] {
    const tags = new Map<string, Tag>();
    for (const { tags: asked } of this.reads) {
      for (const tag of asked.declared) tags.set(tag.id, tag);
      for (const tag of asked.soft) tags.set(tag.id, tag);
    }
    for (const { tags: asked } of this.records) for (const tag of asked) tags.set(tag.id, tag);
    return [...tags.values()];
  }

  reject(error: unknown): void {
    for (const waiting of this.reads) waiting.reject(error);
    for (const waiting of this.records) waiting.reject(error);
  }
}

function sameAsked(one: AskedTags, other: AskedTags): boolean {
  return sameTags(one.declared, other.declared) && sameTags(one.soft, other.soft);
}

function sameTags(one: readonly Tag[], other: readonly Tag[]): boolean {
  return one.length === other.length && one.every((tag, i) => tag.id === other[i]?.id);
}
