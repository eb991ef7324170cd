import type { Driver } from '@penknife/core';
import { readBytes, readLeft, readText } from './commands.js';
import { type Grade, gradeOf } from './entry/freshness.js';
import { readEntry } from './entry/header.js';
import type { InvalidationPosition } from './invalidation/position.js';
import { parseRecord } from './invalidation/record.js';
import type { Place, Places } from './keys.js';
import type { LocalKeeper } from './local/local-keeper.js';
import type { ResolvedOptions } from './options.js';

/** Why a key is what it is. Durations in ms. */
export interface Explanation {
  readonly key: string;
  /** The entry's key in Redis. */
  readonly redisKey: string;
  /** In this process; null: not there. */
  readonly local: { readonly freshForMs: number; readonly bytes: number } | null;
  /** How long this process may still serve its own tier without hearing from Redis; 0: not at all. */
  readonly confirmedForMs: number;
  /** In Redis; null: not there, or not readable. */
  readonly redis: {
    readonly grade: Grade;
    readonly ageMs: number;
    readonly ttlMs: number;
    readonly staleWhileRevalidateMs: number;
    readonly staleIfErrorMs: number;
    /** Until Redis deletes it. */
    readonly leftMs: number;
    readonly bytes: number;
    /** How long the load took that made it. */
    readonly loadMs: number;
    /** `expire` was called on it. */
    readonly expired: boolean;
    /** Invalidations of the whole cache since it was loaded that it fell under. */
    readonly clearedSince: boolean;
  } | null;
  /** Who loads it now; null: nobody. */
  readonly lease: { readonly leftMs: number; readonly waiting: number } | null;
  /** The failure that is remembered; null: none. */
  readonly failure: { readonly leftMs: number; readonly message: string } | null;
}

/** Asks everything there is about one key, changing nothing. */
export async function explainPlace(
  parts: {
    readonly driver: Driver;
    readonly places: Places;
    readonly options: ResolvedOptions;
    readonly position: InvalidationPosition;
    readonly keeper: LocalKeeper;
  },
  place: Place,
): Promise<Explanation> {
  const { driver, places, position, keeper, options } = parts;
  await position.ready();
  const commands = [
    readText(places.record),
    readBytes(place.entry),
    readLeft(place.entry),
    readText(place.lease),
    readLeft(place.lease),
  ] as const;
  const [recordText, bytes, entryLeft, leaseText, leaseLeft] = await driver.batch(commands, {
    deadlineMs: options.deadlineMs,
  });
  for (const each of [recordText, bytes, entryLeft, leaseText, leaseLeft]) if (!each.ok) throw each.error;
  const record = recordText.ok ? parseRecord(recordText.value ?? '') : undefined;
  const data = bytes.ok ? bytes.value : null;
  const entry = data === null ? undefined : readEntry(data);
  const now = driver.clock.monotonic();
  const local = keeper.tier?.look(place.id);
  const [, kind, rest = ''] = /^(\S) \S+ \S+ \S+ ?(.*)$/.exec((leaseText.ok && leaseText.value) || '') ?? [];
  const leftMs = leaseLeft.ok ? leaseLeft.value : 0;
  const serverMs = position.serverMsLatest();
  return {
    key: place.key,
    redisKey: place.entry,
    local:
      local === undefined ? null : { freshForMs: Math.max(0, local.freshUntil - now), bytes: local.bytes },
    confirmedForMs: Math.max(0, position.confirmedUntil - now),
    redis:
      entry === undefined || record === undefined || data === null
        ? null
        : {
            grade: gradeOf(entry.header, record, serverMs),
            ageMs: Math.max(0, serverMs - entry.header.createdMs),
            ttlMs: entry.header.ttlMs,
            staleWhileRevalidateMs: entry.header.staleWhileRevalidateMs,
            staleIfErrorMs: entry.header.staleIfErrorMs,
            leftMs: entryLeft.ok ? entryLeft.value : 0,
            bytes: data.byteLength,
            loadMs: entry.header.loadMs,
            expired: entry.header.expired,
            clearedSince: entry.header.origin !== record.origin || entry.header.position < record.expireFloor,
          },
    lease: kind === 'L' ? { leftMs, waiting: rest === '' ? 0 : rest.split(' ').length } : null,
    failure: kind === 'F' ? { leftMs, message: rest } : null,
  };
}
