import { type Clock, keyPart } from '@penknife/core';
import type { Grade } from '../entry/freshness.js';
import type { Header } from '../entry/header.js';
import type { InvalidationPosition } from '../invalidation/position.js';
import type { Place, Tag } from '../keys.js';
import type { ResolvedFreshness } from '../options.js';
import type { Counts } from '../stats.js';
import type { LocalEntry, LocalTier } from './local-tier.js';
import { isOverruled, type Watch, Watches } from './watches.js';

/** What a read or load found, as it is to be kept. */
export interface Kept {
  readonly header: Header;
  readonly grade: Grade;
  readonly bytes: number;
  readonly earlyMs: number;
}

const noTags: readonly Tag[] = [];

/** What of the local tier may be served, and what invalidations do to it and to those under way. */
export class LocalKeeper {
  readonly watches: Watches = new Watches();
  readonly tier: LocalTier | undefined;
  readonly #clock: Clock;
  readonly #counts: Counts;
  /** Set once, right after both were made. */
  position!: InvalidationPosition;

  constructor(tier: LocalTier | undefined, clock: Clock, counts: Counts) {
    this.tier = tier;
    this.#clock = clock;
    this.#counts = counts;
  }

  /** What serves as it is, at once: fresh, bearing the tags, and the position confirmed within the lease. */
  hit(key: string, tags: readonly Tag[] = noTags): { readonly value: unknown } | undefined {
    const hit = this.#hit(key, key, tags);
    if (hit !== undefined || this.tier === undefined || typeof key !== 'string' || key.length === 0)
      return hit;
    // A key that cannot stand in a Redis key as it is has another id.
    const id = keyPart(key, 'key');
    return id === key ? undefined : this.#hit(key, id, tags);
  }

  #hit(key: string, id: string, tags: readonly Tag[]): { readonly value: unknown } | undefined {
    const entry = this.tier?.get(id);
    if (entry === undefined || entry.key !== key || lacks(entry, tags)) return undefined;
    const now = this.#clock.monotonic();
    if (now >= entry.freshUntil || now >= this.position.confirmedUntil) return undefined;
    this.position.used = true;
    this.#counts.localHits++;
    return entry;
  }

  /** What serves when Redis cannot be asked. */
  alone(
    place: Place,
    tags: readonly Tag[],
    until: 'freshUntil' | 'fallbackUntil',
  ): { readonly value: unknown } | undefined {
    const entry = this.tier?.look(place.id);
    if (entry === undefined || lacks(entry, tags) || this.#clock.monotonic() >= entry.alone[until])
      return undefined;
    return entry;
  }

  /**
   * Keeps a value no longer than Redis does, unless it was overruled while it was under way. `earlyMs`: how long before its
   * end it is no longer served, so that somebody loads it anew in time.
   */
  keep({ id, key }: Place, value: unknown, found: Kept, watch: Watch): void {
    const { header, grade, bytes, earlyMs } = found;
    if (this.tier === undefined || grade === 'gone' || isOverruled(watch, header.tags)) return;
    const now = this.#clock.monotonic();
    const age = Math.max(0, this.position.server.latest() - header.createdMs);
    const end = now + header.ttlMs - age;
    const freshUntil = grade === 'fresh' ? end - earlyMs : 0;
    const alone = { freshUntil: grade === 'fresh' ? end : 0, fallbackUntil: end + header.staleIfErrorMs };
    this.tier.put(id, { key, value, freshUntil, alone, bytes, tags: header.tags });
  }

  /** Keeps what was loaded without Redis: only for as long as Redis cannot be asked. */
  keepAlone(
    { id, key }: Place,
    value: unknown,
    { ttlMs, staleIfErrorMs }: ResolvedFreshness,
    bytes: number,
    tags: readonly string[],
  ): void {
    const now = this.#clock.monotonic();
    const alone = { freshUntil: now + ttlMs, fallbackUntil: now + ttlMs + staleIfErrorMs };
    this.tier?.put(id, { key, value, freshUntil: 0, alone, bytes, tags });
  }

  /** A value as it is kept here. */
  frozen<T>(value: T): T {
    return this.tier === undefined ? value : this.tier.kept(value);
  }

  /** Callers get copies. */
  get copies(): boolean {
    return this.tier?.copies === true;
  }

  /** A value as a caller gets it. */
  given(value: unknown): unknown {
    return this.tier === undefined ? value : this.tier.given(value);
  }

  /** An invalidation that was heard of. */
  apply(kind: string, id: string): void {
    if (kind === 'key' || kind === 'remove-tag' || kind === 'expire-tag') {
      this.#counts.invalidations++;
      if (kind === 'key') this.overrule(id);
      else this.overruleTag(id);
    } else this.dropAll();
  }

  dropAll(): void {
    this.#counts.drops++;
    this.overruleAll();
  }

  /** Forgets a key, and that nothing under way with it is kept. */
  overrule(id: string): void {
    this.tier?.drop(id);
    this.watches.overrule(id);
  }

  overruleTag(tag: string): void {
    this.tier?.dropTag(tag);
    this.watches.overruleTag(tag);
  }

  overruleAll(): void {
    this.tier?.dropAll();
    this.watches.overruleAll();
  }
}

/** True for an entry without one of the tags: it would not fall with it. */
function lacks(entry: LocalEntry, tags: readonly Tag[]): boolean {
  for (const { id } of tags) if (!entry.tags.includes(id)) return true;
  return false;
}
