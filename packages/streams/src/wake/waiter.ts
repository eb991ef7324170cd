import { backoffMs, type Driver, isPenknifeError, isServerError, type Lane } from '@penknife/core';
import { lastPosition, unblock, type WakePoint, waitForEntries } from '../commands/read.js';
import type { WatchedStream } from './watched-stream.js';

/** How long one blocking read lasts, and how much later it is given up and its connection rebuilt. */
const blockMs = 5000;
const graceMs = 2000;
/** Tries to end a read that has not reached the server yet, before time is left between them. */
const promptTries = 3;

/**
 * One lane that waits for all watched streams of a slot (of the server, when there is no cluster) and only wakes: it takes
 * nothing, so nothing can be lost with it. A blocked read that does not come back in time costs its connection.
 */
export class Waiter {
  readonly #driver: Driver;
  readonly #key: string;
  readonly #streams = new Map<string, WatchedStream>();
  readonly #byKey = new Map<string, WatchedStream>();
  readonly #stopping = new AbortController();
  #lane: Lane | undefined;
  #running = false;
  /** The blocked read that is under way; each is an object of its own. */
  #reading: { readonly over: Promise<unknown> } | undefined;
  /** What the blocked read waits for is not what there is to wait for any more. */
  #stale = false;
  #unblocking = false;
  #endNap: (() => void) | undefined;

  constructor(driver: Driver, key: string) {
    this.#driver = driver;
    this.#key = key;
  }

  stream(log: string): WatchedStream | undefined {
    return this.#streams.get(log);
  }

  add(stream: WatchedStream): void {
    const { log, wake } = stream.target;
    this.#streams.set(log, stream);
    this.#byKey.set(log, stream).set(wake, stream);
    this.changed();
  }

  /** True when nothing is left to watch: the lane is closed then, and the waiter is of no use any more. */
  remove(stream: WatchedStream): boolean {
    const { log, wake } = stream.target;
    this.#streams.delete(log);
    this.#byKey.delete(log);
    this.#byKey.delete(wake);
    if (this.#streams.size > 0) {
      this.changed();
      return false;
    }
    this.#stopping.abort();
    return true;
  }

  /** What to wait for is another now: a blocked read is ended and begins anew. */
  changed(): void {
    this.#stale = true;
    if (!this.#running) {
      this.#running = true;
      void this.#run();
    } else if (this.#endNap !== undefined) {
      this.#endNap();
    } else {
      this.#endStaleRead();
    }
  }

  async #run(): Promise<void> {
    const { random } = this.#driver;
    const { signal } = this.#stopping;
    const onStop = (): void => {
      void this.#lane?.close();
      this.#endNap?.();
    };
    signal.addEventListener('abort', onStop, { once: true });
    let failures = 0;
    while (!signal.aborted) {
      try {
        this.#stale = false;
        await this.#place();
        // Between that look and here a stream may have come: it has to be placed first.
        if (!this.#stale) await this.#wait();
        failures = 0;
      } catch (error) {
        await this.#lane?.close();
        // What a lane's own end makes is handled where it is used: this one says that the driver is closed.
        if (signal.aborted || isClosed(error)) break;
        failures++;
        await this.#nap(backoffMs({ baseMs: 20, maxMs: 2000, jitter: 'equal' }, failures, random));
      }
    }
    this.#running = false;
    await this.#lane?.close();
  }

  /** Asks for the last ids of the streams that need it. */
  async #place(): Promise<void> {
    const streams = [...this.#streams.values()].filter((stream) => stream.needsPosition);
    if (streams.length === 0) return;
    const outcomes = await this.#driver.batch(streams.map((stream) => lastPosition(stream.target)));
    streams.forEach((stream, i) => {
      const outcome = outcomes[i];
      if (outcome?.ok) stream.positioned(outcome.value.log, outcome.value.wake);
      else stream.unplaced();
    });
  }

  async #wait(): Promise<void> {
    const points = [...this.#streams.values()].flatMap((stream) => stream.points());
    if (points.length === 0) {
      await this.#nap(blockMs);
      return;
    }
    if (this.#lane === undefined || this.#lane.lost.aborted) {
      this.#lane = await this.#driver.openLane({ key: this.#key });
      // The streams may be others by now.
      if (!this.#stopping.signal.aborted) return;
    }
    const read = this.#lane.send(waitForEntries(points, blockMs), { deadlineMs: blockMs + graceMs });
    this.#reading = { over: read };
    let hits: readonly WakePoint[];
    try {
      hits = await read;
    } catch (error) {
      // One key that is no stream any more makes the whole read fail: all are looked at again.
      if (isServerError(error)) for (const stream of this.#streams.values()) stream.reset();
      if (isClosed(error)) return;
      throw error;
    } finally {
      this.#reading = undefined;
    }
    for (const hit of hits) this.#byKey.get(hit.key)?.hit(hit);
  }

  /** Waits; ends early when what to wait for changes. */
  #nap(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        timer.cancel();
        this.#endNap = undefined;
        resolve();
      };
      const timer = this.#driver.clock.timer(delayMs, end);
      this.#endNap = end;
    });
  }

  /**
   * Ends the blocked read if it waits for the wrong streams. A change that comes while an earlier one still ends its read
   * counts for the read that follows, so it goes on until the read that is under way knows of every change.
   */
  #endStaleRead(): void {
    if (this.#unblocking) return;
    this.#unblocking = true;
    void this.#unblockWhileStale().finally(() => {
      this.#unblocking = false;
    });
  }

  async #unblockWhileStale(): Promise<void> {
    let misses = 0;
    while (this.#stale && this.#reading !== undefined && this.#lane !== undefined) {
      const [reading, lane] = [this.#reading, this.#lane];
      try {
        const ended = await this.#driver.send(unblock(lane.id, this.#key));
        if (ended && this.#reading === reading) await reading.over.catch(() => undefined);
        // Not blocked yet: the read is still on its way to the server.
        else if (!ended && ++misses > promptTries) await this.#driver.clock.sleep(2, this.#stopping.signal);
      } catch {
        // Without CLIENT UNBLOCK (forbidden, or no connection) the lane itself is given up; the loop opens another.
        await lane.close();
        return;
      }
    }
  }
}

function isClosed(error: unknown): boolean {
  return isPenknifeError(error) && error.code === 'CLOSED';
}
