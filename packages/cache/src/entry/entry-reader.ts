import type { Driver, Outcome } from '@penknife/core';
import type { Availability } from '../availability.js';
import type { ValueCodec } from '../codec/value-codec.js';
import { readBoth, readBytes } from '../commands.js';
import type { InvalidationPosition } from '../invalidation/position.js';
import type { InvalidationRecord } from '../invalidation/record.js';
import type { Place, Places } from '../keys.js';
import type { LocalKeeper } from '../local/local-keeper.js';
import type { ResolvedOptions } from '../options.js';
import type { Counts } from '../stats.js';
import { type Grade, gradeOf } from './freshness.js';
import { beginningOf, type Header, readEntry } from './header.js';

/** What one read of Redis found. */
export interface Reading {
  readonly record: InvalidationRecord;
  readonly grade: Grade;
  /** The value, unless it is gone. */
  readonly found: { readonly value: unknown } | undefined;
  readonly header: Header | undefined;
  /** By what the server recognises the entry that was judged; empty: there was none. */
  readonly seen: Uint8Array | string;
}

/** What a reader is made of. */
export interface ReaderParts {
  readonly driver: Driver;
  readonly places: Places;
  readonly options: ResolvedOptions;
  readonly codec: ValueCodec;
  readonly position: InvalidationPosition;
  readonly availability: Availability;
  readonly keeper: LocalKeeper;
  readonly counts: Counts;
}

/**
 * Reads entries from Redis: record and value in one round trip. Calls for one key share a command only as long as it has not
 * been sent, so a read never answers with what was there before its call.
 */
export class EntryReader {
  readonly #parts: ReaderParts;
  readonly #unsent = new Map<string, Promise<Reading>>();

  constructor(parts: ReaderParts) {
    this.#parts = parts;
  }

  read(place: Place): Promise<Reading> {
    let reading = this.#unsent.get(place.id);
    if (reading === undefined) {
      reading = this.#read(place);
      this.#unsent.set(place.id, reading);
    }
    return reading;
  }

  async #read(place: Place): Promise<Reading> {
    const { position, keeper, availability, driver } = this.#parts;
    // One turn for others to join.
    await undefined;
    this.#unsent.delete(place.id);
    availability.pass();
    const ready = position.ready();
    if (ready !== undefined) await ready;
    const watch = keeper.watches.begin(place.id);
    try {
      for (;;) {
        const sentAt = driver.clock.monotonic();
        const positionThen = position.position;
        const [recordBytes = null, bytes = null] = await availability.ask(() => this.#fetch(place));
        const text = recordBytes === null ? undefined : Buffer.from(recordBytes).toString('latin1');
        const record = position.observe(text, sentAt, positionThen);
        if (record === undefined) {
          await position.catchUp();
          continue;
        }
        const reading = this.#judge(record, bytes);
        if (reading.header !== undefined && reading.found !== undefined && !watch.overruled) {
          keeper.keep(place, reading.found.value, reading.header, reading.grade, bytes?.byteLength ?? 0);
        }
        return reading;
      }
    } finally {
      keeper.watches.end(watch);
    }
  }

  async #fetch(place: Place): Promise<readonly (Uint8Array | null)[]> {
    const { driver, places, options } = this.#parts;
    const call = { deadlineMs: options.deadlineMs };
    if (driver.topology !== 'cluster') return driver.send(readBoth(places.record, place.entry), call);
    const both = await driver.batch([readBytes(places.record), readBytes(place.entry)], call);
    return both.map((outcome: Outcome<Uint8Array | null>) => {
      if (!outcome.ok) throw outcome.error;
      return outcome.value;
    });
  }

  #judge(record: InvalidationRecord, bytes: Uint8Array | null): Reading {
    const { codec, position, counts, keeper } = this.#parts;
    if (bytes === null) return { record, grade: 'gone', found: undefined, header: undefined, seen: '' };
    const entry = readEntry(bytes);
    const grade = entry === undefined ? 'gone' : gradeOf(entry.header, record, position.serverMsLatest());
    const decoded = entry === undefined || grade === 'gone' ? undefined : codec.decode(entry.value);
    if (entry === undefined || (grade !== 'gone' && decoded === undefined)) counts.unreadable++;
    return {
      record,
      grade: decoded === undefined ? 'gone' : grade,
      found: decoded && { value: keeper.frozen(decoded.value) },
      header: entry?.header,
      seen: entry?.seen ?? beginningOf(bytes),
    };
  }
}
