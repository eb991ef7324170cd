import type { Driver } from '@penknife/core';
import type { Availability } from '../availability.js';
import type { ValueCodec } from '../codec/value-codec.js';
import type { InvalidationPosition } from '../invalidation/position.js';
import type { InvalidationRecord } from '../invalidation/record.js';
import type { Places } from '../keys.js';
import type { LocalKeeper } from '../local/local-keeper.js';
import type { ResolvedOptions } from '../options.js';
import type { Counts } from '../stats.js';
import type { TagRecords } from './floors.js';
import type { Grade } from './freshness.js';
import type { Header } from './header.js';

/** The records that were read. */
export interface RecordsReading {
  readonly record: InvalidationRecord;
  /** Of the tags that were declared, and of those the entry bears. */
  readonly tagRecords: TagRecords;
}

/** What one read of Redis found. */
export interface Reading extends RecordsReading {
  readonly grade: Grade;
  /** To be loaded anew although it is fresh: its end is near. */
  readonly early: boolean;
  /** The value, unless it is gone. */
  readonly found: { readonly value: unknown } | undefined;
  readonly header: Header | undefined;
  /** The bytes that were judged, and by how many of them the server recognises them; null: there were none. */
  readonly bytes: Uint8Array | null;
  readonly seenBytes: number;
}

/** What a read found, or the error it met. */
export interface FirstRead {
  readonly reading?: Reading;
  readonly error?: unknown;
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
