import type { Command, Driver, KeyBuilders } from '@penknife/core';
import { type Budget, sendWithin, startBudget } from '../budget.js';
import { SessionLimitError } from '../errors.js';
import type { Place } from '../key-ring.js';
import { sessionKeys } from '../keys.js';
import type { ResolvedOptions, SessionData } from '../options.js';
import { endScript, type Found, forgetShard, getScript, putScript, shardEntries } from './commands.js';

/**
 * Parts that sessions are spread over: each has an index, and all of one part are in one slot. An index of up to 128 is kept in one
 * piece of memory, 36 bytes for each instead of 130: this many are that small up to some 130 000 sessions.
 */
const shards = 1024;
/** Sessions, or shards, asked for at once. */
const batchSize = 100;

/** A field as it is stored and its JSON; undefined: it goes. */
export type DocumentChange = readonly [field: string, json: string | undefined];

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
      const found = await this.#send(getScript(this.#at(place), [place.entry]), budget);
      if (typeof found === 'object') return found;
      if (found === 'revoked') return null;
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
    const args = changes.flatMap(([field, json]) => [json === undefined ? 'd' : 's', field, json ?? '']);
    // One under an older secret stays where it is.
    const places = loaded ? this.#placesOf(id) : this.#placesOf(id).slice(0, 1);
    for (const place of places) {
      const put = [place.entry, ttlMs, loaded ? 1 : 0, maxFields, maxBytes, ...args];
      const done = await this.#send(putScript(this.#at(place), put), budget);
      if (typeof done === 'object') {
        throw new SessionLimitError(done.limit, done.limit === 'fields' ? maxFields : maxBytes);
      }
      if (done === 'live') return true;
      if (done !== 'none') return false;
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
    const parts = await inBatches(this.#shards(), (shard) =>
      this.#send(shardEntries(this.#indexOf(shard), 0, 0), budget),
    );
    return parts.reduce((sum, { count }) => sum + count, 0);
  }

  /** The places of all that live, in bounded steps. What comes or goes meanwhile may be missing, or listed. */
  async places(budget: Budget = this.#budget()): Promise<readonly Place[]> {
    const found = new Map<string, Place>();
    await inBatches(this.#shards(), async (tag) => {
      for (let skip = 0; ; skip += batchSize) {
        const { entries } = await this.#send(shardEntries(this.#indexOf(tag), skip, batchSize), budget);
        for (const entry of entries) found.set(entry, { tag, entry });
        if (entries.length < batchSize) break;
      }
    });
    return [...found.values()];
  }

  /** All that live, with their places. */
  async all(): Promise<readonly (readonly [Place, Found])[]> {
    const budget = this.#budget();
    const places = await this.places(budget);
    const found = await inBatches(places, async (place) => {
      const answer = await this.#send(getScript(this.#at(place), [place.entry]), budget);
      return typeof answer === 'object' ? ([place, answer] as const) : null;
    });
    return found.filter((each) => each !== null);
  }

  /** Ends all, at once. One command for each shard. */
  async clear(): Promise<void> {
    const budget = this.#budget();
    await inBatches(this.#shards(), (shard) => this.#send(forgetShard(this.#indexOf(shard)), budget));
  }

  #placesOf(id: string): readonly [Place, ...Place[]] {
    return this.#options.ring.placesOf(id, shards);
  }

  #at(place: Place): [string, string] {
    return [this.#keys.f(place.tag, place.entry), this.#keys.ids(place.tag)];
  }

  #shards(): readonly string[] {
    return Array.from({ length: shards }, (_, shard) => String(shard));
  }

  #indexOf(shard: string): string {
    return this.#keys.ids(shard);
  }

  #budget(): Budget {
    return startBudget(this.#driver, this.#options.deadlineMs);
  }

  #send<T>(command: Command<T>, budget: Budget): Promise<T> {
    return sendWithin(this.#driver, command, budget);
  }
}

async function inBatches<T, R>(all: readonly T[], run: (each: T) => Promise<R>): Promise<R[]> {
  const done: R[] = [];
  for (let from = 0; from < all.length; from += batchSize) {
    done.push(...(await Promise.all(all.slice(from, from + batchSize).map(run))));
  }
  return done;
}
