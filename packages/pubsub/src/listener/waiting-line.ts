import type { ChannelEvent, ChannelMessage } from '../event.js';
import type { Position } from '../position.js';
import { addToLoss, beginLoss, gapOfLoss, joinLosses, type Loss } from './loss.js';

/** What a full queue does with one message more. */
export type ListenerOverflow = 'drop-oldest' | 'drop-newest' | 'latest-per-key' | 'close';

/** Tells messages of one thing from those of another. */
export type KeyOf<T> = (event: ChannelMessage<T>) => string;

interface Entry<T> {
  readonly event: ChannelEvent<T>;
  readonly key: string | undefined;
  /** Replaced by a newer one of its key: skipped. */
  stale: boolean;
  /** What was lost right before it. */
  lossBefore: Loss | undefined;
}

/** What the line counts. */
export interface LineCounters {
  dropped: number;
  conflated: number;
}

/**
 * What waits for one listener, in order and bounded. Whatever is dropped leaves a gap exactly where it stood; neighbouring
 * losses become one gap, so the line never grows past its limit, whatever happens. Gaps take a place like messages do.
 */
export class WaitingLine<T> {
  readonly #limit: number;
  readonly #overflow: ListenerOverflow;
  readonly #keyOf: KeyOf<T> | undefined;
  readonly #counters: LineCounters;
  readonly #byKey = new Map<string, Entry<T>>();
  #entries: (Entry<T> | undefined)[] = [];
  #first = 0;
  #stale = 0;
  #headLoss: Loss | undefined;
  #tailLoss: Loss | undefined;

  constructor(
    limit: number,
    overflow: ListenerOverflow,
    keyOf: KeyOf<T> | undefined,
    counters: LineCounters,
  ) {
    this.#limit = limit;
    this.#overflow = overflow;
    this.#keyOf = overflow === 'latest-per-key' ? keyOf : undefined;
    this.#counters = counters;
  }

  /** How many events wait. */
  get size(): number {
    return this.#entries.length - this.#first - this.#stale;
  }

  /** Takes one event. False: the line is full, and its policy is to close. */
  push(event: ChannelEvent<T>): boolean {
    const key = event.type === 'message' ? this.#keyOf?.(event) : undefined;
    if (key !== undefined) this.#conflate(key);
    if (this.size >= this.#limit) {
      if (this.#overflow === 'close') return false;
      if (this.#overflow === 'drop-newest') {
        this.lose(event);
        return true;
      }
      this.#skipStale();
      this.#headLoss = joinLosses(this.#headLoss, this.#entries[this.#first]?.lossBefore) ?? beginLoss();
      const oldest = this.#take();
      if (oldest !== undefined) this.#drop(this.#headLoss, oldest.event);
    }
    const entry: Entry<T> = { event, key, stale: false, lossBefore: this.#tailLoss };
    this.#tailLoss = undefined;
    this.#entries.push(entry);
    if (key !== undefined) this.#byKey.set(key, entry);
    return true;
  }

  /** Leaves an event out, in its place. */
  lose(event: ChannelEvent<T>): void {
    this.#tailLoss ??= beginLoss();
    this.#drop(this.#tailLoss, event);
  }

  /**
   * Takes out what waits and is not to be kept, oldest first: events, and losses up to one that is to be kept, behind which
   * everything stays.
   */
  sift(keep: (event: ChannelEvent<T>) => boolean): void {
    const keepsLoss = (loss: Loss): boolean =>
      loss.rewoundTo !== undefined || keep(gapOfLoss(loss, undefined));
    this.#compact();
    if (this.#headLoss !== undefined && keepsLoss(this.#headLoss)) return;
    this.#headLoss = undefined;
    let keepsAll = false;
    const kept: Entry<T>[] = [];
    for (const entry of this.#entries as Entry<T>[]) {
      if (!keepsAll && entry.lossBefore !== undefined) {
        if (keepsLoss(entry.lossBefore)) keepsAll = true;
        else entry.lossBefore = undefined;
      }
      if (keepsAll || keep(entry.event)) kept.push(entry);
      else if (entry.key !== undefined) this.#byKey.delete(entry.key);
    }
    this.#entries = kept;
    if (!keepsAll && this.#tailLoss !== undefined && !keepsLoss(this.#tailLoss)) this.#tailLoss = undefined;
  }

  /** The next event, if any, for a listener who stands at `at`; losses come as gaps in their place. */
  shift(at: Position | undefined): ChannelEvent<T> | undefined {
    if (this.#headLoss !== undefined) {
      const loss = this.#headLoss;
      this.#headLoss = undefined;
      return gapOfLoss(loss, at);
    }
    this.#skipStale();
    const lossBefore = this.#entries[this.#first]?.lossBefore;
    if (lossBefore !== undefined) {
      (this.#entries[this.#first] as Entry<T>).lossBefore = undefined;
      return gapOfLoss(lossBefore, at);
    }
    const entry = this.#take();
    if (entry !== undefined) return entry.event;
    if (this.#tailLoss === undefined) return undefined;
    const loss = this.#tailLoss;
    this.#tailLoss = undefined;
    return gapOfLoss(loss, at);
  }

  clear(): void {
    this.#entries = [];
    this.#first = 0;
    this.#stale = 0;
    this.#byKey.clear();
    this.#headLoss = undefined;
    this.#tailLoss = undefined;
  }

  #drop(loss: Loss, event: ChannelEvent<T>): void {
    addToLoss(loss, event);
    if (event.type === 'message') this.#counters.dropped++;
  }

  #conflate(key: string): void {
    const older = this.#byKey.get(key);
    if (older === undefined) return;
    older.stale = true;
    this.#byKey.delete(key);
    this.#counters.conflated++;
    if (++this.#stale > this.#limit) this.#compact();
  }

  /** Leaves the stale ones out. What was lost before one of them was lost before whatever follows it. */
  #compact(): void {
    const live: Entry<T>[] = [];
    let carried: Loss | undefined;
    for (const entry of this.#entries.slice(this.#first) as Entry<T>[]) {
      entry.lossBefore = joinLosses(carried, entry.lossBefore);
      carried = entry.stale ? entry.lossBefore : undefined;
      if (!entry.stale) live.push(entry);
    }
    this.#tailLoss = joinLosses(carried, this.#tailLoss);
    this.#entries = live;
    this.#first = 0;
    this.#stale = 0;
  }

  /** Brings one to the front that still counts, if any waits. */
  #skipStale(): void {
    let carried: Loss | undefined;
    let entry = this.#entries[this.#first];
    for (; entry?.stale; entry = this.#entries[this.#first]) {
      carried = joinLosses(carried, entry.lossBefore);
      this.#entries[this.#first++] = undefined;
      this.#stale--;
    }
    if (carried === undefined) return;
    if (entry === undefined) this.#tailLoss = joinLosses(carried, this.#tailLoss);
    else entry.lossBefore = joinLosses(carried, entry.lossBefore);
  }

  /** The first one, after `#skipStale`. */
  #take(): Entry<T> | undefined {
    const entry = this.#entries[this.#first];
    if (entry === undefined) return undefined;
    this.#entries[this.#first++] = undefined;
    // Cut the consumed front off once it is half of the array: amortised constant time, bounded memory.
    if (this.#first > 64 && this.#first * 2 > this.#entries.length) {
      this.#entries = this.#entries.slice(this.#first);
      this.#first = 0;
    }
    if (entry.key !== undefined) this.#byKey.delete(entry.key);
    return entry;
  }
}
