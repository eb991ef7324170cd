import type { Clock, Timer } from '../contract/clock.js';
import { turnTime } from './turn-time.js';

/** A call on its way, and its place in the list of calls with the same deadline. Only `CallsUnderWay` touches the place. */
export interface CallUnderWay {
  dueMs: number;
  previous: CallUnderWay | undefined;
  next: CallUnderWay | undefined;
  list: CallList | undefined;

  /** The deadline passed. */
  expired(): void;
  /** The owner of the connection closed it. */
  closed(what: string): void;
}

/** Calls with one duration. */
export interface CallList {
  readonly durationMs: number;
  head: CallUnderWay | undefined;
  tail: CallUnderWay | undefined;
}

/**
 * All calls under way on a connection, their deadlines under one timer. Calls with the same duration expire in the order they
 * were made, so each duration keeps a plain list through the calls themselves: adding and removing are constant time, make
 * nothing, and leave nothing behind.
 */
export class CallsUnderWay {
  readonly #clock: Clock;
  readonly #turnTime: () => number;
  readonly #lists = new Map<number, CallList>();
  /** The list of the call before: most calls have the same deadline. */
  #recent: CallList | undefined;
  #timer: Timer | undefined;
  #timerDueMs = Number.POSITIVE_INFINITY;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#turnTime = turnTime(clock);
  }

  /** `durationMs`: from now; infinite for a call without a deadline. */
  add(call: CallUnderWay, durationMs: number): void {
    const list = this.#recent?.durationMs === durationMs ? this.#recent : this.#listOf(durationMs);
    const { tail } = list;
    call.list = list;
    call.previous = tail;
    if (tail === undefined) list.head = call;
    else tail.next = call;
    list.tail = call;
    if (durationMs === Number.POSITIVE_INFINITY) return;
    // Whole, and never early: a fraction would cost each call an object of its own.
    call.dueMs = Math.ceil(this.#turnTime() + durationMs);
    if (call.dueMs < this.#timerDueMs) this.#arm(call.dueMs);
  }

  /** Removing what is not in a list does nothing. */
  remove(call: CallUnderWay): void {
    const { list, previous, next } = call;
    if (list === undefined) return;
    if (previous === undefined) list.head = next;
    else previous.next = next;
    if (next === undefined) list.tail = previous;
    else next.previous = previous;
    // A call that outlives a collection would otherwise keep all that came after it alive, one by one.
    call.list = undefined;
    call.previous = undefined;
    call.next = undefined;
    // The list in use is kept, one call in flight would make it anew each time; others would pile up.
    if (list.head === undefined && list !== this.#recent) this.#lists.delete(list.durationMs);
  }

  /** How long a call that is under way may still take, in ms. */
  leftMs(call: CallUnderWay): number {
    const { durationMs = 0 } = call.list ?? {};
    return durationMs === Number.POSITIVE_INFINITY ? durationMs : Math.max(0, call.dueMs - this.#turnTime());
  }

  /** Ends all calls, and the timer. */
  close(what: string): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    for (const list of this.#lists.values()) {
      while (list.head !== undefined) {
        const call = list.head;
        this.remove(call);
        call.closed(what);
      }
    }
    this.#lists.clear();
    this.#recent = undefined;
  }

  #listOf(durationMs: number): CallList {
    let list = this.#lists.get(durationMs);
    if (list === undefined) {
      list = { durationMs, head: undefined, tail: undefined };
      this.#lists.set(durationMs, list);
    }
    const before = this.#recent;
    this.#recent = list;
    if (before !== undefined && before.head === undefined) this.#lists.delete(before.durationMs);
    return list;
  }

  #arm(dueMs: number): void {
    this.#timer?.cancel();
    this.#timerDueMs = dueMs;
    this.#timer = this.#clock.timer(Math.max(0, dueMs - this.#clock.monotonic()), () => this.#expire());
  }

  #expire(): void {
    this.#timer = undefined;
    this.#timerDueMs = Number.POSITIVE_INFINITY;
    const now = this.#clock.monotonic();
    let earliest = Number.POSITIVE_INFINITY;
    for (const [durationMs, list] of this.#lists) {
      if (durationMs === Number.POSITIVE_INFINITY) continue;
      while (list.head !== undefined && list.head.dueMs <= now) {
        const call = list.head;
        this.remove(call);
        call.expired();
      }
      if (list.head !== undefined) {
        earliest = Math.min(earliest, list.head.dueMs);
      } else {
        // Durations seldom used would pile up as empty lists.
        if (this.#lists.get(durationMs) === list) this.#lists.delete(durationMs);
        if (this.#recent === list) this.#recent = undefined;
      }
    }
    if (earliest < this.#timerDueMs) this.#arm(earliest);
  }
}
