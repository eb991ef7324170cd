import type { CallOptions, Driver, Outcome } from '@penknife/core';
import { Allowance } from './allowance.js';
import { readBytes, readLeft, readText } from './commands/entry-commands.js';
import { readLastWrite } from './commands/write-behind-commands.js';
import { floorsOf, tagRecordsOf } from './entry/floors.js';
import { type Grade, gradeOf } from './entry/freshness.js';
import { readEntry } from './entry/header.js';
import type { InvalidationPosition } from './invalidation/position.js';
import { parseRecord } from './invalidation/record.js';
import type { Place, Places } from './keys.js';
import { type LeaseText, parseLease } from './load/lease-text.js';
import type { LocalKeeper } from './local/local-keeper.js';
import type { ResolvedOptions } from './options.js';

/** Why a key is what it is. Durations in ms. */
export interface Explanation {
  readonly key: string;
  /** The entry's key in Redis. */
  readonly redisKey: string;
  /** In this process; null: not there. `freshForMs` ends before the value does when it is to be loaded anew early. */
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
    readonly tags: readonly ExplainedTag[];
  } | null;
  /** Who loads it now; null: nobody. */
  readonly lease: { readonly leftMs: number; readonly waiting: number } | null;
  /** The last failure; null: none is remembered. `leftMs` 0: the next call tries again. */
  readonly failure: { readonly leftMs: number; readonly inARow: number; readonly message: string } | null;
  /** A write behind that is not stored yet; null: none. */
  readonly unstored: { readonly version: string; readonly agoMs: number } | null;
}

/** A tag of an entry. */
export interface ExplainedTag {
  readonly tag: string;
  /** `'missing'`: its record was lost, so the entry is missed. */
  readonly state: 'valid' | 'expired' | 'removed' | 'missing';
  /** When and by which process it was last invalidated; null: not since its record was made. */
  readonly invalidated: { readonly agoMs: number; readonly by: string } | null;
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
  call: CallOptions,
): Promise<Explanation> {
  const { driver, places, position, keeper, options } = parts;
  const allowance = new Allowance(driver.clock, call, options.deadlineMs);
  await allowance.wait(position.ready());
  const commands = [
    readText(places.record),
    readBytes(place.entry),
    readLeft(place.entry),
    readText(place.lease),
    readLeft(place.lease),
    readLastWrite(place),
  ] as const;
  const answers = await driver.batch(commands, allowance.next());
  const recordText = given(answers[0]);
  const bytes = given(answers[1]);
  const lease = parseLease(given(answers[3]) ?? '');
  const write = given(answers[5]);
  const serverMs = position.server.latest();
  const record = parseRecord(recordText ?? '');
  const entry = bytes === null ? undefined : readEntry(bytes);
  const now = driver.clock.monotonic();
  const local = keeper.tier?.look(place.id);
  const about = {
    key: place.key,
    redisKey: place.entry,
    local:
      local === undefined ? null : { freshForMs: Math.max(0, local.freshUntil - now), bytes: local.bytes },
    confirmedForMs: Math.max(0, position.confirmedUntil - now),
    lease: lease?.kind === 'loading' ? { leftMs: given(answers[4]), waiting: lease.waiting } : null,
    failure: lease?.kind === 'failed' ? failureOf(lease, serverMs) : null,
    unstored: write?.kind === 'unstored' ? unstoredOf(write.id, serverMs) : null,
  };
  if (entry === undefined || record === undefined || bytes === null) return { ...about, redis: null };

  const { header } = entry;
  // Without tags there is nothing left to ask, nor a deadline to miss.
  const asked = header.tags.map((id) => readText(places.tagOf(id).key));
  const texts = asked.length === 0 ? [] : await driver.batch(asked, allowance.next());
  const tagTexts = texts.map((text) => given(text) ?? undefined);
  const tagRecords = tagRecordsOf(header.tags, tagTexts, record.origin);
  const { origin, position: stamp, ttlMs, staleWhileRevalidateMs, staleIfErrorMs, loadMs, expired } = header;
  return {
    ...about,
    redis: {
      grade: gradeOf(header, floorsOf(record, header.tags, tagRecords), serverMs),
      ageMs: Math.max(0, serverMs - header.createdMs),
      ttlMs,
      staleWhileRevalidateMs,
      staleIfErrorMs,
      leftMs: given(answers[2]),
      bytes: bytes.byteLength,
      loadMs,
      expired,
      clearedSince: origin !== record.origin || stamp < record.expireFloor,
      tags: header.tags.map((tag): ExplainedTag => {
        const known = tagRecords.get(tag);
        if (known === undefined) return { tag, state: 'missing', invalidated: null };
        const { expireFloor, removeFloor, raisedMs, raisedBy } = known;
        const state = stamp < removeFloor ? 'removed' : stamp < expireFloor ? 'expired' : 'valid';
        const invalidated = raisedMs === 0 ? null : { agoMs: Math.max(0, serverMs - raisedMs), by: raisedBy };
        return { tag, state, invalidated };
      }),
    },
  };
}

function failureOf(
  { untilMs, failures, message }: Extract<LeaseText, { readonly kind: 'failed' }>,
  serverMs: number,
): Explanation['failure'] {
  return { leftMs: Math.max(0, untilMs - serverMs), inARow: failures, message };
}

function unstoredOf(version: string, serverMs: number): Explanation['unstored'] {
  return { version, agoMs: Math.max(0, serverMs - Number.parseInt(version, 10)) };
}

function given<T>(outcome: Outcome<T>): T {
  if (!outcome.ok) throw outcome.error;
  return outcome.value;
}
