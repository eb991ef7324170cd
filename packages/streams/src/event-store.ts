import {
  type CallOptions,
  checkDriver,
  checkObject,
  type Driver,
  InvalidArgumentError,
  seal,
  unseal,
} from '@penknife/core';
import { checkDefinition } from './arguments.js';
import { appendEvents, readSnapshot, saveSnapshot } from './commands/events.js';
import { rangeOf } from './commands/read.js';
import type { StreamDefinition } from './definition.js';
import { type DecodedEntry, decodeEntry } from './entry/decode-entry.js';
import { encodeDraft } from './entry/encode-draft.js';
import { PoisonError } from './errors.js';
import { keysOfStream } from './keys.js';
import { resolveStreamsOptions, type StreamsOptions } from './options.js';

/** What became of an append: it is there, or somebody was faster and nothing was appended. */
export type AppendResult =
  | { readonly status: 'appended'; readonly version: number }
  | { readonly status: 'conflict'; readonly currentVersion: number };

/** An event of an aggregate, with the version the aggregate had after it. */
export type StoredEvent<Content> = Content extends unknown ? Content & { readonly version: number } : never;

/** How an aggregate becomes a state. */
export interface Fold<Content, State> {
  readonly initial: State;
  apply(state: State, event: StoredEvent<Content>): State;
}

/** Aggregates of one category, each a list of events with versions 1, 2, 3, … */
export interface EventStore<Draft, Content> {
  /**
   * Appends events in order, all or none. `expectedVersion`: the version they were decided on, 0 for a new aggregate, or
   * `'any'`. A call that ends with `sent: 'maybe'` may have appended: load again and look.
   */
  append(
    aggregate: string,
    events: readonly Draft[],
    options: CallOptions & { readonly expectedVersion: number | 'any' },
  ): Promise<AppendResult>;
  /** Events after a version (default 0: all), in order. Rejects with `PoisonError` at one that cannot be read. */
  events(
    aggregate: string,
    options?: CallOptions & { readonly after?: number },
  ): AsyncIterableIterator<StoredEvent<Content>>;
  /** The state and its version: from the snapshot that is kept, if any, and the events after it. */
  load<State>(
    aggregate: string,
    fold: Fold<Content, State>,
    options?: CallOptions,
  ): Promise<{ readonly state: State; readonly version: number }>;
  /** Keeps a state to load from; false when a later one is kept. Only as good as its fold: raise `foldVersion` with it. */
  snapshot(aggregate: string, version: number, state: unknown, options?: CallOptions): Promise<boolean>;
}

/** Options of an event store. */
export interface EventStoreOptions extends StreamsOptions {
  /** Which fold snapshots were made with: those of another are not used. Default 1. */
  readonly foldVersion?: number;
}

const eventsAtOnce = 100;
const pageSize = 200;

/**
 * An event store on a category: the definition of a stream whose events are those of its aggregates. Each append also goes to
 * the log of that stream in the same act, with the aggregate as its `key`: consume it (`order: 'key'`) for projections. All
 * aggregates of a category share the slot of its stream.
 */
export function createEventStore<Draft, Content>(
  driver: Driver,
  definition: StreamDefinition<Draft, Content>,
  options: EventStoreOptions = {},
): EventStore<Draft, Content> {
  checkDriver(driver);
  const { namespace, call } = resolveStreamsOptions(options);
  checkDefinition(definition);
  const { foldVersion = 1 } = options;
  if (definition.partitions !== undefined || definition.lanes !== undefined) {
    throw new InvalidArgumentError(
      'definition',
      'must have no partitions and no lanes: a category is one log',
      definition.name,
    );
  }
  const category = definition as StreamDefinition<never, unknown>;
  const keys = keysOfStream(namespace, category.name);
  const keysOf = (aggregate: string) => {
    if (typeof aggregate !== 'string' || aggregate.length === 0 || aggregate.length > 200) {
      throw new InvalidArgumentError('aggregate', 'must be a string of 1 to 200 characters', aggregate);
    }
    return { events: keys.events(aggregate), snapshot: keys.snapshot(aggregate), category: keys.log };
  };

  async function* read(aggregate: string, after: number, how: CallOptions | undefined) {
    const { events } = keysOf(aggregate);
    for (let from = `(${after}-0`; ; ) {
      const page = await driver.send(rangeOf(events, from, '+', pageSize, false), call(how));
      for (const { id, fields } of page) {
        const decoded = await decodeEntry(category, id, fields ?? []);
        if (decoded instanceof PoisonError) throw decoded;
        const { event, data } = decoded as DecodedEntry;
        const version = Number(id.slice(0, id.indexOf('-')));
        yield { ...(event !== undefined && { event }), data, version } as unknown as StoredEvent<Content>;
      }
      const last = page.at(-1);
      if (last === undefined || page.length < pageSize) return;
      from = `(${last.id}`;
    }
  }

  return {
    async append(aggregate, events, options) {
      checkObject('options', options);
      const { expectedVersion, ...how } = options;
      const own = keysOf(aggregate);
      whole('expectedVersion', expectedVersion === 'any' ? 0 : expectedVersion, 0);
      if (!Array.isArray(events) || events.length === 0 || events.length > eventsAtOnce) {
        throw new InvalidArgumentError('events', `must be an array of 1 to ${eventsAtOnce} events`, events);
      }
      const encoded = await Promise.all(
        events.map(async (event) => {
          checkObject('event', event);
          return encodeDraft(category, { ...event, key: aggregate });
        }),
      );
      const expected = expectedVersion === 'any' ? -1 : expectedVersion;
      const fields = encoded.map((draft) => draft.fields);
      const { appended, version } = await driver.send(
        appendEvents(own, expected, category.retention, fields),
        call(how),
      );
      return appended ? { status: 'appended', version } : { status: 'conflict', currentVersion: version };
    },
    events(aggregate, options = {}) {
      checkObject('options', options);
      const { after = 0, ...how } = options;
      return read(aggregate, whole('after', after, 0), how);
    },
    async load(aggregate, fold, how) {
      checkObject('fold', fold);
      if (typeof fold.apply !== 'function')
        throw new InvalidArgumentError('fold.apply', 'must be a function', fold.apply);
      const kept = await driver.send(readSnapshot(keysOf(aggregate)), call(how));
      const opened = kept === null ? undefined : openSnapshot(kept.state);
      const usable = kept !== null && opened?.foldVersion === foldVersion;
      let state = (usable ? opened.state : fold.initial) as typeof fold.initial;
      let version = usable ? kept.version : 0;
      for await (const event of read(aggregate, version, how)) {
        state = fold.apply(state, event);
        version = (event as { readonly version: number }).version;
      }
      return { state, version };
    },
    async snapshot(aggregate, version, state, how) {
      whole('version', version, 1);
      const sealed = seal(category.codec, { foldVersion, state });
      return driver.send(saveSnapshot(keysOf(aggregate), version, sealed), call(how));
    },
  };

  /** A snapshot that cannot be read is none: the events are all there. */
  function openSnapshot(
    bytes: Uint8Array,
  ): { readonly foldVersion?: number; readonly state?: unknown } | undefined {
    const unsealed = unseal(bytes);
    if (unsealed.kind !== 'sealed' || unsealed.codecId !== category.codec.id) return undefined;
    try {
      return category.codec.decode(unsealed.body) as { readonly foldVersion?: number };
    } catch {
      return undefined;
    }
  }
}

function whole(argument: string, value: number, least: number): number {
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw new InvalidArgumentError(argument, `must be a whole number of at least ${least}`, value);
}
