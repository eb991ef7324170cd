import { reportListenerError } from '@penknife/core';
import type { WakePoint } from '../commands/read.js';

/** The two streams of one log that wake its readers. */
export interface WakeTarget {
  readonly log: string;
  readonly wake: string;
}

/**
 * Called when there may be something to read: entries in the log, or what the stream that wakes stands for (`wake`); and once
 * both are watched (`watched`), for what came before was told to nobody. Must not block.
 */
export type WakeListener = (kind: 'log' | 'wake' | 'watched') => void;

/** Reads that found nothing after a wake-up, before the position is asked for anew instead of going on entry by entry. */
const emptyReadsBeforePosition = 8;

/**
 * What is known of one log that is watched. While its readers are busy it is not waited for at all: a busy log would
 * send every entry a second time, to the connection that only wakes.
 */
export class WatchedStream {
  readonly target: WakeTarget;
  readonly listeners: Set<WakeListener> = new Set();
  /** Its last ids must be asked for before it can be waited for. */
  needsPosition = true;
  #logId: string | undefined;
  #wakeId: string | undefined;
  #armed = false;
  #drainedSinceHit = true;
  #emptyReads = 0;

  constructor(target: WakeTarget) {
    this.target = target;
  }

  /** Its last ids are known. Entries that came before they were asked for are the readers' to find: they are called. */
  positioned(logId: string, wakeId: string): void {
    this.#logId = logId;
    this.#wakeId = wakeId;
    this.#armed = true;
    this.needsPosition = false;
    this.#drainedSinceHit = true;
    this.notify('watched');
  }

  /** What to wait for now. */
  points(): WakePoint[] {
    const points: WakePoint[] = [];
    if (this.#armed && this.#logId !== undefined) points.push({ key: this.target.log, id: this.#logId });
    if (this.#wakeId !== undefined) points.push({ key: this.target.wake, id: this.#wakeId });
    return points;
  }

  /** An entry came. */
  hit({ key, id }: WakePoint): void {
    if (key === this.target.wake) {
      this.#wakeId = id;
      this.notify('wake');
      return;
    }
    this.#logId = id;
    // Nobody caught up since the last wake-up: there is no need to be woken until somebody has.
    if (!this.#drainedSinceHit) this.#armed = false;
    this.#drainedSinceHit = false;
    if (this.#emptyReads >= emptyReadsBeforePosition) {
      this.#emptyReads = 0;
      this.#armed = false;
      this.needsPosition = true;
    }
    this.notify('log');
  }

  /** A reader came to the end. True when the log must be waited for again. */
  drained(found: boolean): boolean {
    this.#drainedSinceHit = true;
    this.#emptyReads = found ? 0 : this.#emptyReads + 1;
    if (this.#armed || this.needsPosition) return false;
    // Every entry that came after the reader's last look lies behind this id, so none can be missed.
    if (this.#logId === undefined) this.needsPosition = true;
    else this.#armed = true;
    return true;
  }

  /** Its position may have gone back: the log was deleted and created anew. */
  reset(): void {
    this.#armed = false;
    this.needsPosition = true;
  }

  /** Its last ids cannot be had now; it is asked again when a reader comes to the end. */
  unplaced(): void {
    this.needsPosition = false;
    this.#armed = false;
    this.#logId = undefined;
  }

  notify(kind: Parameters<WakeListener>[0]): void {
    for (const listener of [...this.listeners]) {
      try {
        listener(kind);
      } catch (error) {
        reportListenerError(error);
      }
    }
  }
}
