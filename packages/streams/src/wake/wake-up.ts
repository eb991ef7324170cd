import { type Driver, slotOf } from '@penknife/core';
import { Waiter } from './waiter.js';
import { type WakeListener, type WakeTarget, WatchedStream } from './watched-stream.js';

/** A reader's place among those who are woken. */
export interface WakeSubscription {
  /** The reader came to the end of the log; `found` says whether its last read gave anything. From now on it is woken again. */
  drained(found: boolean): void;
  /** The log was deleted and created anew. */
  reset(): void;
  close(): void;
}

/** Waiters by driver, then by slot. They live as long as somebody is subscribed. */
const waiters = new WeakMap<Driver, Map<number, Waiter>>();

/**
 * Has `listener` called whenever the log may have something new. All readers of a driver share one blocking connection, on
 * a cluster one for each slot in use. A wake-up is a hint: it may come for nothing, and late after a fault, so readers also
 * look by themselves from time to time.
 */
export function subscribeToWakeUps(
  driver: Driver,
  target: WakeTarget,
  listener: WakeListener,
): WakeSubscription {
  const bySlot = waiters.get(driver) ?? new Map<number, Waiter>();
  waiters.set(driver, bySlot);
  const slot = driver.topology === 'cluster' ? slotOf(target.log) : -1;
  const waiter = bySlot.get(slot) ?? new Waiter(driver, target.log);
  bySlot.set(slot, waiter);
  const present = waiter.stream(target.log);
  const stream = present ?? new WatchedStream(target);
  // Each subscription counts by itself, also when two share one function.
  const own: WakeListener = (kind) => listener(kind);
  stream.listeners.add(own);
  if (present === undefined) waiter.add(stream);
  let closed = false;
  return {
    drained(found) {
      if (!closed && stream.drained(found)) waiter.changed();
    },
    reset() {
      if (closed) return;
      stream.reset();
      waiter.changed();
    },
    close() {
      if (closed) return;
      closed = true;
      stream.listeners.delete(own);
      if (stream.listeners.size > 0) return;
      if (waiter.remove(stream) && bySlot.get(slot) === waiter) bySlot.delete(slot);
    },
  };
}
