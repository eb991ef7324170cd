import type { ChannelEvent } from '../event.js';
import type { Subscription } from '../subscription.js';
import type { Consumer } from './outbox.js';

/**
 * Events one by one. Nothing is subscribed before the first `next()` (or `open()`), and everything is freed by leaving the
 * loop, `return`, `throw`, or the signal. What is not read in time waits in a bounded queue, as with any listener.
 */
export interface EventIterator<T, P> extends AsyncIterableIterator<ChannelEvent<T, P>> {
  /** Subscribes now; resolves, once live, to the subscription with its counters. */
  open(): Promise<Subscription>;
  next(): Promise<IteratorResult<ChannelEvent<T, P>, undefined>>;
  return(): Promise<IteratorResult<ChannelEvent<T, P>, undefined>>;
  throw(error?: unknown): Promise<IteratorResult<ChannelEvent<T, P>, undefined>>;
  [Symbol.asyncIterator](): EventIterator<T, P>;
  [Symbol.asyncDispose](): Promise<void>;
}

interface Reader<E> {
  resolve(result: IteratorResult<E, undefined>): void;
  reject(error: unknown): void;
}

const done: IteratorResult<never, undefined> = { done: true, value: undefined };

/** Makes an iterator over a subscription that `begin` makes when it is first needed. */
export function createEventIterator<T, P>(
  begin: (consumer: Consumer<T>) => Promise<Subscription>,
  signal: AbortSignal | undefined,
): EventIterator<T, P> {
  type Event = ChannelEvent<T, P>;
  const readers: Reader<Event>[] = [];
  let demand: () => void = () => undefined;
  let subscription: Promise<Subscription> | undefined;
  let over = false;
  let failure: { readonly error: unknown } | undefined;

  const consumer: Consumer<T> = {
    firstDemand: new Promise((resolve) => {
      demand = resolve;
    }),
    take(event) {
      readers.shift()?.resolve({ done: false, value: event as Event });
      if (readers.length > 0) return undefined;
      return new Promise((resolve) => {
        demand = resolve;
      });
    },
    ended: (error) => end({ error }),
  };

  function end(reason: { readonly error: unknown } | undefined): void {
    if (over) return;
    over = true;
    signal?.removeEventListener('abort', onAbort);
    const [first, ...rest] = readers.splice(0);
    if (reason !== undefined && first !== undefined) first.reject(reason.error);
    else {
      failure = reason;
      first?.resolve(done);
    }
    for (const reader of rest) reader.resolve(done);
  }

  function onAbort(): void {
    end({ error: signal?.reason });
  }
  signal?.addEventListener('abort', onAbort, { once: true });

  function opened(): Promise<Subscription> {
    if (subscription === undefined) {
      subscription = begin(consumer);
      subscription.catch((error) => end({ error }));
    }
    return subscription;
  }

  /** For readers, who hear of a failure as their own. */
  function begun(): void {
    opened().catch(() => undefined);
  }

  async function free(): Promise<void> {
    end(undefined);
    // A subscription that failed has told so where it was asked for, and holds nothing.
    const open = await subscription?.catch(() => undefined);
    await open?.close();
  }

  const iterator: EventIterator<T, P> = {
    open: () => opened(),
    next() {
      if (signal?.aborted) onAbort();
      if (failure !== undefined) {
        const { error } = failure;
        failure = undefined;
        return Promise.reject(error);
      }
      if (over) return Promise.resolve(done);
      begun();
      return new Promise((resolve, reject) => {
        readers.push({ resolve, reject });
        demand();
      });
    },
    async return() {
      await free();
      return done;
    },
    async throw(error) {
      await free();
      throw error;
    },
    [Symbol.asyncIterator]: () => iterator,
    [Symbol.asyncDispose]: free,
  };
  return iterator;
}
