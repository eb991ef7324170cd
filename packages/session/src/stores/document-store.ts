import type { Command, Driver, KeyBuilders } from '@penknife/core';
import { type Budget, sendWithin, startBudget } from '../budget.js';
import { SessionLimitError } from '../errors.js';
import type { Place } from '../key-ring.js';
import { sessionKeys } from '../keys.js';
import type { ResolvedOptions, SessionData, SessionOptions } from '../options.js';
import { endScript, forgetShard, getScript, putScript, shardEntries } from './commands.js';

/** How a framework's store keeps sessions. Each option is that of `createSessions`. */
export type SessionStoreOptions = Pick<
  SessionOptions<SessionData>,
  | 'secrets'
  | 'idleMs'
  | 'touchAfterMs'
  | 'tombstoneMs'
  | 'maxFields'
  | 'maxBytes'
  | 'namespace'
  | 'deadlineMs'
>;

/** Parts that sessions are spread over: each has an index, and all of one part are in one slot. */
const shards = 64;
/** Sessions asked for at once. */
const batchSize = 100;

/** What a session holds: field and JSON. */
export type Loaded = ReadonlyMap<string, string>;

/** A session as it was loaded, and for how long it lives if it is not used. */
export interface Found {
  readonly fields: Loaded;
  readonly leftMs: number;
}

/** A field and its JSON. */
export type DocumentChange = readonly [name: string, json: string | undefined];

/** The sessions of a framework, which names them itself: a hash each, and an index for each shard. */
export class DocumentStore {
  readonly #driver: Driver;
  readonly #options: ResolvedOptions<SessionData>;
  readonly #keys: KeyBuilders<(typeof sessionKeys)['kinds']>;

  constructor(driver: Driver, options: ResolvedOptions<SessionData>) {
    this.#driver = driver;
    this.#options = options;
    this.#keys = sessionKeys.in(options.namespace);
  }

  /** A session by its id. With several secrets in the ring, those it may be kept under are asked one after another. */
  async get(id: string): Promise<Found | null> {
    const budget = this.#budget();
    for (const place of this.#placesOf(id)) {
      const answer = await this.#send(getScript(this.#at(place), [place.entry]), budget);
      if (answer.state === 'live') {
        const { fields, nowMs } = answer;
        return { fields: loadedFrom(fields), leftMs: Number(fields.get('e')) - nowMs };
      }
      if (answer.state === 'revoked') return null;
    }
    return null;
  }

  /** Changes one that was loaded, else makes it. False when it was loaded and is over: then nothing is written. */
  async put(
    id: string,
    changes: readonly DocumentChange[],
    ttlMs: number,
    loaded: boolean,
  ): Promise<boolean> {
    const { maxFields, maxBytes } = this.#options;
    const budget = this.#budget();
    const args = changes.flatMap(([name, json]) => [json === undefined ? 'd' : 's', `.${name}`, json ?? '']);
    // One under an older secret stays where it is.
    const places = loaded ? this.#placesOf(id) : this.#placesOf(id).slice(0, 1);
    for (const place of places) {
      const put = [place.entry, ttlMs, loaded ? 1 : 0, maxFields, maxBytes, ...args];
      const answer = await this.#send(putScript(this.#at(place), put), budget);
      if (answer.state === 'limit') {
        throw new SessionLimitError(answer.limit, answer.limit === 'fields' ? maxFields : maxBytes);
      }
      if (answer.state === 'live') return true;
      if (answer.state !== 'none') return false;
    }
    return false;
  }

  async destroy(id: string): Promise<void> {
    const budget = this.#budget();
    for (const place of this.#placesOf(id)) {
      const end = endScript(this.#at(place), [place.entry, this.#options.tombstoneMs]);
      await this.#send(end, budget);
    }
  }

  /** How many live. One command for each shard. */
  async count(): Promise<number> {
    const budget = this.#budget();
    const parts = await Promise.all(
      this.#indexes().map((index) => this.#send(shardEntries(index, 0, 0), budget)),
    );
    return parts.reduce((sum, { count }) => sum + count, 0);
  }

  /** The places of all that live, in bounded steps. What comes or goes meanwhile may be missing, or listed. */
  async places(): Promise<readonly Place[]> {
    const budget = this.#budget();
    const found = new Map<string, Place>();
    for (const [tag, index] of this.#indexes().entries()) {
      for (let skip = 0; ; skip += batchSize) {
        const { entries } = await this.#send(shardEntries(index, skip, batchSize), budget);
        for (const entry of entries) found.set(entry, { tag: String(tag), entry });
        if (entries.length < batchSize) break;
      }
    }
    return [...found.values()];
  }

  /** All that live, with their places. */
  async all(): Promise<readonly (readonly [Place, Loaded])[]> {
    const budget = this.#budget();
    const places = await this.places();
    const found: (readonly [Place, Loaded])[] = [];
    for (let from = 0; from < places.length; from += batchSize) {
      const some = places.slice(from, from + batchSize);
      const answers = await Promise.all(
        some.map((place) => this.#send(getScript(this.#at(place), [place.entry]), budget)),
      );
      for (const [i, answer] of answers.entries()) {
        if (answer.state === 'live') found.push([some[i] as Place, loadedFrom(answer.fields)]);
      }
    }
    return found;
  }

  /** Ends all, at once. One command for each shard. */
  async clear(): Promise<void> {
    const budget = this.#budget();
    await Promise.all(this.#indexes().map((index) => this.#send(forgetShard(index), budget)));
  }

  #placesOf(id: string): readonly [Place, ...Place[]] {
    return this.#options.ring.placesOf(id, shards);
  }

  #at(place: Place): [string, string] {
    return [this.#keys.f(place.tag, place.entry), this.#keys.ids(place.tag)];
  }

  #indexes(): readonly string[] {
    return Array.from({ length: shards }, (_, shard) => this.#keys.ids(String(shard)));
  }

  #budget(): Budget {
    return startBudget(this.#driver, this.#options.deadlineMs);
  }

  #send<T>(command: Command<T>, budget: Budget): Promise<T> {
    return sendWithin(this.#driver, command, budget);
  }
}

function loadedFrom(fields: ReadonlyMap<string, string>): Loaded {
  const loaded = new Map<string, string>();
  for (const [field, json] of fields) if (field.startsWith('.')) loaded.set(field.slice(1), json);
  return loaded;
}
