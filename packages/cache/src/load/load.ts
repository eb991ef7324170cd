import { type Driver, type PenknifeError, reportListenerError } from '@penknife/core';
import type { Availability } from '../availability.js';
import type { ValueCodec } from '../codec/value-codec.js';
import type { EntryReader } from '../entry/entry-reader.js';
import type { Reading, RecordsReading } from '../entry/reading.js';
import type { InvalidationPosition } from '../invalidation/position.js';
import type { TagKeeper } from '../invalidation/tag-keeper.js';
import type { Place, Places, Tag } from '../keys.js';
import type { Loader } from '../loader.js';
import type { LocalKeeper } from '../local/local-keeper.js';
import type { Watch } from '../local/watches.js';
import type { ResolvedFreshness, ResolvedOptions } from '../options.js';
import type { Counts } from '../stats.js';
import type { WakeUps } from './wake-ups.js';

/** How a load ended, for those who wait for it. */
export type LoadOutcome =
  /** `fenced`: nothing invalidated the key from the load's beginning to its end, so it serves also who came in between. */
  | { readonly kind: 'value'; readonly value: unknown; readonly fenced: boolean }
  /** Somebody else stored something, or gave up: read again. */
  | { readonly kind: 'again' }
  | { readonly kind: 'error'; readonly error: unknown }
  | { readonly kind: 'unavailable'; readonly error: PenknifeError };

/** What is to be loaded. */
export interface LoadOrder {
  readonly place: Place;
  readonly loader: Loader<unknown>;
  readonly freshness: ResolvedFreshness;
  /** Tags that the call declares. */
  readonly tags: readonly Tag[];
  /** What was read before; undefined: Redis cannot be asked, so there is no lease and nothing is stored. */
  readonly reading: Reading | undefined;
  /** The value is that of a write which is not stored yet: giving it is no load. */
  readonly written?: true;
  /** False: when somebody else loads already, that is all there is to do. */
  readonly waits: boolean;
  /** Called once it is known whether the loader is called for this order, before it is. */
  decided?(): void;
}

/** One load under way in this process. */
export interface Load {
  /** Tags that its call declared: its value bears them. */
  readonly tags: readonly Tag[];
  readonly watch: Watch;
  readonly abort: AbortController;
  /** The loader was called: who comes now gets what it read only if it is fenced. */
  begun: boolean;
  /** What the value is stamped with: read before the loader was called. Undefined: nothing is stored. */
  stamp: RecordsReading | undefined;
  /** The lease, while this process has it. */
  token: string | undefined;
  outcome: Promise<LoadOutcome>;
}

/** What loads are made of. */
export interface LoadParts {
  readonly driver: Driver;
  readonly places: Places;
  readonly options: ResolvedOptions;
  readonly codec: ValueCodec;
  readonly position: InvalidationPosition;
  readonly availability: Availability;
  readonly keeper: LocalKeeper;
  readonly counts: Counts;
  readonly wakeUps: WakeUps;
  readonly reader: EntryReader;
  readonly tagKeeper: TagKeeper;
}

/** A loader's failure as it is remembered: kind and message in one line, shortened. */
export function describeFailure(error: unknown): string {
  let text: string;
  try {
    text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  } catch {
    // Thrown, and not to be put into words.
    return 'unknown';
  }
  // Control characters would break the line, lone surrogates the encoding.
  return text.slice(0, 200).replace(/[\p{Cc}\p{Cs}]+/gu, ' ') || 'unknown';
}

/** For failures of what nobody waits for. */
export function reportUnawaited(error: unknown): void {
  reportListenerError(error);
}
