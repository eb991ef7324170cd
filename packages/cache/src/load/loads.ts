import { ClosedError, CodecError, isUnavailable } from '@penknife/core';
import { abandon, enter } from '../commands/entry-commands.js';
import { lifeOf } from '../entry/freshness.js';
import { readEntry } from '../entry/header.js';
import type { Reading, RecordsReading } from '../entry/reading.js';
import { LoadFailedError } from '../errors.js';
import { mostTags, type Tag } from '../keys.js';
import { isOverruled } from '../local/watches.js';
import { type Load, type LoadOrder, type LoadOutcome, type LoadParts, reportUnawaited } from './load.js';
import { runLoader } from './run-loader.js';
import { giveUp } from './store-loaded.js';

/** How soon who waits for another process looks for itself, in ms: with and without a channel to be woken on. */
const lookAfterMs = { woken: 500, alone: 50 };

/** The loads of this process: at most one a key, unless an invalidation came in between. */
export class Loads {
  readonly #parts: LoadParts;
  readonly #running = new Map<string, Load>();
  /** Also those that an invalidation took out of `#running`. */
  readonly #all = new Map<Load, LoadOrder>();
  #closed = false;

  constructor(parts: LoadParts) {
    this.#parts = parts;
  }

  /**
   * A load that somebody may join who declares these tags, and knows that nothing stamped below `floor` counts. One that lacks
   * a tag would not have fallen with it.
   */
  joinable(id: string, tags: readonly Tag[], floor = 0): Load | undefined {
    const load = this.#running.get(id);
    if (load === undefined || (load.stamp !== undefined && load.stamp.record.position < floor))
      return undefined;
    if (tags.some(({ id: tag }) => !load.tags.some((own) => own.id === tag))) return undefined;
    const overruled = isOverruled(
      load.watch,
      tags.map((tag) => tag.id),
    );
    return overruled ? undefined : load;
  }

  start(order: LoadOrder): Load {
    const { id } = order.place;
    const load: Load = {
      tags: order.tags,
      watch: this.#parts.keeper.watches.begin(id),
      abort: new AbortController(),
      begun: false,
      stamp: order.reading,
      token: undefined,
      outcome: Promise.resolve({ kind: 'again' }),
    };
    this.#all.set(load, order);
    this.#running.set(id, load);
    load.outcome = this.#run(order, load).finally(() => {
      this.#forget(id, load);
    });
    return load;
  }

  /** Loads in the background, unless somebody does already. */
  refresh(order: LoadOrder): void {
    if (this.#closed || this.joinable(order.place.id, order.tags) !== undefined) return;
    void this.start(order).outcome.then((outcome) => {
      if (outcome.kind === 'error' && !(outcome.error instanceof LoadFailedError))
        reportUnawaited(outcome.error);
    });
  }

  /** Aborts every loader and gives its lease to others; none is called any more. Resolves when the server knows, or cannot be told. */
  async close(): Promise<void> {
    this.#closed = true;
    const { driver, options } = this.#parts;
    const told = [...this.#all].map(async ([load, order]) => {
      load.abort.abort();
      if (load.token === undefined) {
        // It may be about to get its lease, and gives it back then.
        if (!load.begun) await load.outcome;
        return;
      }
      await driver.send(abandon(order.place, load.token), { deadlineMs: options.deadlineMs });
    });
    // A lease that cannot be given up runs out.
    await Promise.allSettled(told);
  }

  #leave(id: string, load: Load): void {
    if (this.#running.get(id) === load) this.#running.delete(id);
  }

  /** Nothing of it is left here: a loader may never settle. */
  #forget(id: string, load: Load): void {
    this.#parts.keeper.watches.end(load.watch);
    this.#all.delete(load);
    this.#leave(id, load);
  }

  async #run(order: LoadOrder, load: Load): Promise<LoadOutcome> {
    try {
      if (this.#closed) throw new ClosedError('cache');
      return await this.#loadOrWait(order, load);
    } catch (error) {
      return isUnavailable(error) ? { kind: 'unavailable', error } : { kind: 'error', error };
    }
  }

  async #loadOrWait(order: LoadOrder, load: Load): Promise<LoadOutcome> {
    const { place, reading, waits } = order;
    const { driver, options, availability, wakeUps, counts } = this.#parts;
    // Nothing it gives is kept any more, however long it still takes.
    const lost = (): void => {
      load.watch.overruled = true;
      this.#forget(place.id, load);
    };
    if (reading === undefined) {
      order.decided?.();
      return runLoader(this.#parts, order, load, lost);
    }
    const token = Buffer.from(driver.random.bytes(9)).toString('base64url');
    const wakeUp = wakeUps.begin(place.lease);
    try {
      const stamp = await this.#tagged(order, reading);
      load.stamp = stamp;
      const floor = expireFloorOf(stamp, order.tags, reading.header?.tags);
      const channel = waits ? wakeUps.channel : '-';
      const entrance = await availability.ask(() =>
        driver.send(enter(place, seenOf(reading), stamp.record, floor, token, options.leaseMs, channel), {
          deadlineMs: options.deadlineMs,
        }),
      );
      if (entrance.kind === 'lease') {
        load.token = token;
        order.decided?.();
        if (this.#closed) {
          await giveUp(this.#parts, place, load);
          throw new ClosedError('cache', 'maybe');
        }
        const due = entrance.written === undefined ? order : this.#written(order, entrance.written);
        return await runLoader(this.#parts, due, load, lost);
      }
      order.decided?.();
      if (entrance.kind === 'failed') {
        return { kind: 'error', error: new LoadFailedError(entrance.failure, entrance.leftMs) };
      }
      if (entrance.kind === 'loading' && waits) {
        counts.waits++;
        const look = channel === '-' ? lookAfterMs.alone : lookAfterMs.woken;
        await wakeUp.wait(Math.max(1, Math.min(entrance.leftMs, look)));
      }
      return { kind: 'again' };
    } finally {
      order.decided?.();
      wakeUp.end();
    }
  }

  /** A write that is not stored yet serves instead of what the loader would find, with its own times and tags. */
  #written(order: LoadOrder, bytes: Uint8Array): LoadOrder {
    const { codec, places } = this.#parts;
    const entry = readEntry(bytes);
    const found = entry && codec.decode(entry.value);
    const loader = (): unknown => {
      if (found !== undefined) return found.value;
      throw new CodecError('cache', 'a write that is not stored yet cannot be read here');
    };
    const others = (entry?.header.tags ?? []).filter((id) => order.tags.every((tag) => tag.id !== id));
    const tags = [...order.tags, ...others.map(places.tagOf)].slice(0, mostTags);
    return { ...order, loader, tags, freshness: entry?.header ?? order.freshness, written: true };
  }

  /** The declared tags need records before the load begins: one made later would overrule it. */
  async #tagged({ tags, freshness }: LoadOrder, reading: RecordsReading): Promise<RecordsReading> {
    const { tagKeeper } = this.#parts;
    const lifeMs = lifeOf(freshness);
    if (tags.length === 0 || tagKeeper.suffice(tags, reading.tagRecords, lifeMs)) return reading;
    const kept = await tagKeeper.keep(tags, lifeMs);
    return { record: kept.record, tagRecords: new Map([...reading.tagRecords, ...kept.tagRecords]) };
  }
}

/** By what the server recognises what was read; empty: there was nothing. */
function seenOf({ bytes, seenBytes }: Reading): Uint8Array | string {
  return bytes === null ? '' : bytes.subarray(0, seenBytes);
}

/** Below which position a lease is void: something it loads for was invalidated since. */
export function expireFloorOf(
  { record, tagRecords }: RecordsReading,
  tags: readonly Tag[],
  others: readonly string[] = [],
): number {
  let floor = record.expireFloor;
  for (const { id } of tags) floor = Math.max(floor, tagRecords.get(id)?.expireFloor ?? 0);
  for (const id of others) floor = Math.max(floor, tagRecords.get(id)?.expireFloor ?? 0);
  return floor;
}
