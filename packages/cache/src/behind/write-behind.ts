import { CodecError, ConnectionError, type Driver, InvalidArgumentError } from '@penknife/core';
import { checkOptions } from '../check-options.js';
import type { ValueCodec } from '../codec/value-codec.js';
import { accept, forgetWrite, readLastWrite, settle } from '../commands/write-behind-commands.js';
import { readEntry } from '../entry/header.js';
import type { Invalidator } from '../invalidation/invalidator.js';
import type { Write, Writer } from '../invalidation/writer.js';
import type { Place, Places } from '../keys.js';
import type { LocalKeeper } from '../local/local-keeper.js';
import type { InvalidateOptions, ResolvedOptions, SetOptions } from '../options.js';
import type { ConsumeOptions, LoggedMessage, WriteLog } from './write-log.js';

/** A write that is to be put where it belongs. */
export interface UnstoredWrite<V> {
  readonly key: string;
  /** The last value that was written, or `null` where the last write was of nothing. */
  readonly value: V;
  /**
   * `<ms>-<sequence>`, rising with each write of the key. Refuse, where you store, what is not above what is there: a process
   * that stood still for longer than its lease may come late.
   */
  readonly version: string;
  /** Fires when another process has taken the write over: stop then. */
  readonly signal: AbortSignal;
}

/** Writing behind: a write is done when it is in the log, and stored later. */
export interface WriteBehind<V, Log extends WriteLog> {
  /**
   * Resolves when the write is in the log, every read gives it, and the other processes have been told. Reads give the last
   * such write until it is stored, whatever becomes of the cache's entry meanwhile. Rejects with `CodecError`, `SchemaError`
   * or `ValueTooLargeError` before anything was sent; or, when the log or Redis could not be asked, with the write perhaps in
   * the log: it is stored then.
   */
  write<T extends V>(key: string, value: T, options?: SetOptions): Promise<void>;
  /**
   * Stores what is written, as a member of a group of the log: the writes of one key one after another, each until `store`
   * resolves. What was written of a key while an older write waited is stored at once, and the older ones are left out. The
   * options, and what is given back, are those of the log's `consume`; by default 16 keys at once, retried without end.
   */
  store(
    group: string,
    store: (write: UnstoredWrite<V>) => unknown,
    options?: ConsumeOptions<Log>,
  ): ReturnType<Log['consume']>;
  /**
   * Gives up the last write of a key that is not stored: reads give what the loader does. For what was taken out of the log
   * by hand; what is still in it is stored all the same.
   */
  discard(key: string, options?: InvalidateOptions): Promise<void>;
}

/** What writing behind is made of. */
export interface WriteBehindParts {
  readonly driver: Driver;
  readonly places: Places;
  readonly options: ResolvedOptions;
  readonly codec: ValueCodec;
  readonly keeper: LocalKeeper;
  readonly invalidator: Invalidator;
  readonly writer: Writer;
  /** Checks and encodes a value; throws when the cache is closed. */
  prepare(key: string, value: unknown, options: SetOptions): Write;
}

/** How the log is consumed unless the caller says otherwise. Whatever fails is tried again: nothing of it may be lost. */
const usual = {
  concurrency: 16,
  whenDone: 'delete',
  retry: { failures: 1_000_000, crashes: 1000, max: '30s' },
} as const;

const idForm = /^\d+-\d+$/;

/** Makes the handle that writes to a log. */
export function createWriteBehind<V, Log extends WriteLog>(
  parts: WriteBehindParts,
  log: Log,
): WriteBehind<V, Log> {
  if (typeof log?.append !== 'function' || typeof log.consume !== 'function') {
    throw new InvalidArgumentError('log', 'must have append and consume, as a stream has', log);
  }
  const { driver, places, keeper, invalidator, writer } = parts;

  /** Nothing that is under way with the key in this process is kept, from before to after. */
  async function overruling<T>({ id }: Place, run: () => Promise<T>): Promise<T> {
    keeper.overrule(id);
    try {
      return await run();
    } finally {
      keeper.overrule(id);
    }
  }

  return {
    async write(key, value, call = {}) {
      const item = parts.prepare(key, value, call);
      await overruling(item.place, () => write(parts, log, item, call));
    },

    store(group, store, given) {
      if (typeof store !== 'function') throw new InvalidArgumentError('store', 'must be a function', store);
      const handler = (message: LoggedMessage) => storeOne<V>(parts, message, store);
      const how = { ...usual, ...given, order: 'key' } as const;
      return log.consume(group, handler, how) as ReturnType<Log['consume']>;
    },

    async discard(key, call = {}) {
      checkOptions(call);
      const place = places.of(key);
      const allowance = writer.allowance(call);
      await driver.send(forgetWrite(place), allowance.next());
      await invalidator.invalidate({ places: [place], tags: [], all: false }, 'remove', call, allowance);
    },
  };
}

/** First the log, then readers: what they have seen is never lost. */
async function write(parts: WriteBehindParts, log: WriteLog, item: Write, call: SetOptions): Promise<void> {
  const { driver, writer, invalidator } = parts;
  const { place } = item;
  const allowance = writer.allowance(call);
  const stamp = await writer.stamp([item], allowance);
  const value = Buffer.from(item.encoded).toString('base64');
  const { id } = await log.append({ key: place.id, data: { key: place.key, value } }, allowance.next());
  if (!idForm.test(id)) throw new InvalidArgumentError('log', 'must give ids like 1700000000000-0', id);
  const { bytes, lifeMs } = writer.entry(item, stamp);
  if ((await driver.send(accept(place, id, bytes, lifeMs), allowance.next())) === 'late') {
    throw new ConnectionError('a write that is in the log came too late to be read; it will be stored', {
      sent: 'maybe',
    });
  }
  await invalidator.announce([{ kind: 'key', id: place.id }], call, allowance);
}

/** Stores the last write of the key of a message, unless it was already. */
async function storeOne<V>(
  { driver, places, options, codec, keeper, invalidator }: WriteBehindParts,
  { id, data, signal }: LoggedMessage,
  store: (write: UnstoredWrite<V>) => unknown,
): Promise<void> {
  const { key } = data;
  const place = places.of(key);
  const call = { deadlineMs: options.deadlineMs, signal };
  const last = await driver.send(readLastWrite(place), call);
  const isLater = last !== undefined && compareIds(last.id, id) >= 0;
  if (isLater && last.kind === 'stored') {
    if (last.id === id) await driver.send(settle(place, id, true), call);
    return;
  }
  const later = isLater && last.kind === 'unstored' ? last : undefined;
  const bytes = later === undefined ? Buffer.from(data.value, 'base64') : readEntry(later.entry)?.value;
  const found = bytes && codec.decode(bytes);
  if (found === undefined) throw new CodecError('cache', 'a write of the log cannot be read here');
  const version = later?.id ?? id;
  await store({ key, value: found.value as V, version, signal });
  // Told before it is settled: what is settled is not looked at again, and its writer may have died before he told anybody.
  if (later === undefined) {
    await invalidator.invalidate({ places: [place], tags: [], all: false }, 'remove', call);
  } else {
    keeper.overrule(place.id);
    await invalidator.announce([{ kind: 'key', id: place.id }], call);
  }
  const known = await driver.send(settle(place, version, version === id), call);
  if (known) return;
  keeper.overrule(place.id);
  await invalidator.announce([{ kind: 'key', id: place.id }], call);
}

/** Which of two ids of a log is the later one. */
function compareIds(one: string, other: string): number {
  const [ms = 0, sequence = 0] = one.split('-').map(Number);
  const [otherMs = 0, otherSequence = 0] = other.split('-').map(Number);
  return ms - otherMs || sequence - otherSequence;
}
