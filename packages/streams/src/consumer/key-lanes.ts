import { compareIds } from '../entry/position.js';
import { fieldNames, fieldOf } from '../entry/raw-entry.js';
import type { Backlog } from './backlog.js';
import type { HeldEntry } from './held-entry.js';

/** Entries of one key: the one at work (or halted, or waiting for its next try), and those behind it, in order. */
interface KeyLane {
  readonly key: string | undefined;
  current: HeldEntry | undefined;
  /** The current one failed for good: nothing moves until somebody decides. */
  halted: boolean;
  readonly waiting: HeldEntry[];
}

/** The key of an entry, as it stands in the log; undefined for an entry without one. */
export function keyOf(entry: HeldEntry): string | undefined {
  const key = fieldOf(entry.fields, fieldNames.key);
  return key === undefined ? undefined : Buffer.from(key).toString('utf8');
}

/**
 * One lane a key: its next entry starts when the one before is acknowledged, so what is acknowledged of a key is always a
 * beginning of it. When an entry is lost, all behind it are let go as well: they come back in order.
 */
export class KeyLanes implements Backlog {
  readonly #lanes = new Map<string, KeyLane>();
  readonly #byEntry = new Map<HeldEntry, KeyLane>();
  #ready: KeyLane[] = [];
  readonly #drop: (entries: readonly HeldEntry[]) => void;

  /** `drop` is told of entries that are given up because one before them was lost. */
  constructor(drop: (entries: readonly HeldEntry[]) => void) {
    this.#drop = drop;
  }

  get size(): number {
    let waiting = 0;
    for (const entry of this.#byEntry.keys()) if (entry.state === 'waiting') waiting++;
    return waiting;
  }

  add(entries: readonly HeldEntry[]): void {
    for (const entry of entries) {
      const lane = this.#laneOf(keyOf(entry));
      this.#byEntry.set(entry, lane);
      let at = lane.waiting.length;
      while (at > 0 && compareIds((lane.waiting[at - 1] as HeldEntry).id, entry.id) > 0) at--;
      lane.waiting.splice(at, 0, entry);
      if (lane.current === undefined && lane.waiting.length === 1) this.#ready.push(lane);
    }
  }

  next(count: number): HeldEntry[] {
    const started: HeldEntry[] = [];
    while (started.length < count) {
      const lane = this.#ready.shift();
      if (lane === undefined) break;
      const entry = lane.current === undefined ? lane.waiting.shift() : undefined;
      if (entry === undefined) continue;
      lane.current = entry;
      started.push(entry);
    }
    return started;
  }

  letGo(entry: HeldEntry): void {
    const lane = this.#byEntry.get(entry);
    if (lane === undefined) return;
    this.#byEntry.delete(entry);
    if (lane.current === entry) {
      lane.current = undefined;
      lane.halted = false;
      if (entry.lost) this.#dropFrom(lane, 0);
    } else {
      const at = lane.waiting.indexOf(entry);
      if (at >= 0) this.#dropFrom(lane, at);
    }
    if (lane.current !== undefined) return;
    if (lane.waiting.length > 0) this.#ready.push(lane);
    else if (lane.key !== undefined) this.#lanes.delete(lane.key);
  }

  clear(): HeldEntry[] {
    const all = [...this.#byEntry.keys()].filter((entry) => entry.state === 'waiting');
    for (const entry of all) {
      const lane = this.#byEntry.get(entry);
      // It waits for its next try at the head of its key.
      if (lane?.current === entry) lane.current = undefined;
      this.#byEntry.delete(entry);
    }
    for (const [key, lane] of this.#lanes) {
      lane.waiting.length = 0;
      if (lane.current === undefined) this.#lanes.delete(key);
    }
    this.#ready = [];
    return all;
  }

  /** `again` is the further delivery of `entry`; it keeps its place, and does not start before `restart`. */
  replace(entry: HeldEntry, again: HeldEntry): void {
    const lane = this.#byEntry.get(entry);
    if (lane === undefined) return;
    this.#byEntry.delete(entry);
    this.#byEntry.set(again, lane);
    lane.current = again;
  }

  /** The entry, which is the current one of its lane, may start (again). */
  restart(entry: HeldEntry): void {
    const lane = this.#byEntry.get(entry);
    if (lane?.current !== entry) return;
    lane.current = undefined;
    lane.halted = false;
    lane.waiting.unshift(entry);
    this.#ready.push(lane);
  }

  halt(entry: HeldEntry): void {
    const lane = this.#byEntry.get(entry);
    if (lane?.current === entry) lane.halted = true;
  }

  /** The entry at which a key was halted. */
  haltedAt(key: string): HeldEntry | undefined {
    const lane = this.#lanes.get(key);
    return lane?.halted ? lane.current : undefined;
  }

  #laneOf(key: string | undefined): KeyLane {
    const known = key === undefined ? undefined : this.#lanes.get(key);
    if (known !== undefined) return known;
    const lane: KeyLane = { key, current: undefined, halted: false, waiting: [] };
    if (key !== undefined) this.#lanes.set(key, lane);
    return lane;
  }

  #dropFrom(lane: KeyLane, at: number): void {
    const behind = lane.waiting.splice(at);
    for (const entry of behind) this.#byEntry.delete(entry);
    this.#drop(behind);
  }
}
