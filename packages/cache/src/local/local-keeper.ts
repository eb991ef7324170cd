import type { Clock } from '@penknife/core';
import type { Grade } from '../entry/freshness.js';
import type { Header } from '../entry/header.js';
import type { InvalidationPosition } from '../invalidation/position.js';
import type { Place } from '../keys.js';
import type { Counts } from '../stats.js';
import type { LocalTier } from './local-tier.js';
import { Watches } from './watches.js';

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

  /** What serves as it is, at once: fresh, and the position confirmed within the lease. */
  hit(key: string, id: string): { readonly value: unknown } | undefined {
    const entry = this.tier?.get(id);
    if (entry === undefined || entry.key !== key) return undefined;
    const now = this.#clock.monotonic();
    if (now >= entry.freshUntil || now >= this.position.confirmedUntil) return undefined;
    this.position.used = true;
    this.#counts.localHits++;
    return entry;
  }

  /** What serves when Redis cannot be asked. */
  alone(place: Place, until: 'freshUntil' | 'fallbackUntil'): { readonly value: unknown } | undefined {
    const entry = this.tier?.look(place.id);
    if (entry === undefined || this.#clock.monotonic() >= entry.alone[until]) return undefined;
    return entry;
  }

  /** Keeps a value no longer than Redis does. */
  keep({ id, key }: Place, value: unknown, header: Header, grade: Grade, bytes: number): void {
    if (this.tier === undefined || grade === 'gone') return;
    const now = this.#clock.monotonic();
    const age = Math.max(0, this.position.serverMsLatest() - header.createdMs);
    const freshUntil = grade === 'fresh' ? now + header.ttlMs - age : 0;
    const fallbackUntil = now + header.ttlMs + header.staleIfErrorMs - age;
    this.tier.put(id, { key, value, freshUntil, alone: { freshUntil, fallbackUntil }, bytes });
  }

  /** Keeps what was loaded without Redis: only for as long as Redis cannot be asked. */
  keepAlone({ id, key }: Place, value: unknown, ttlMs: number, staleIfErrorMs: number, bytes: number): void {
    const now = this.#clock.monotonic();
    const alone = { freshUntil: now + ttlMs, fallbackUntil: now + ttlMs + staleIfErrorMs };
    this.tier?.put(id, { key, value, freshUntil: 0, alone, bytes });
  }

  /** A value as it is kept here. */
  frozen<T>(value: T): T {
    return this.tier === undefined ? value : this.tier.kept(value);
  }

  /** A value as a caller gets it. */
  given(value: unknown): unknown {
    return this.tier === undefined ? value : this.tier.given(value);
  }

  drop(id: string): void {
    this.#counts.invalidations++;
    this.overrule(id);
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

  overruleAll(): void {
    this.tier?.dropAll();
    this.watches.overruleAll();
  }
}
