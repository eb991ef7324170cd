import type { FeedKind } from '../contract/feed.js';

/** One wanted subscription. */
export interface Wanted {
  readonly kind: FeedKind;
  readonly name: string;
  /** False once it is to end. */
  wanted: boolean;
  /** True after the server acknowledged it on the present connection. */
  live: boolean;
  /** It was live on a connection that is gone: the next acknowledgement ends a gap. */
  interrupted: boolean;
  /** Callers waiting for the next change of state. */
  waiters: Waiter[];
  /** Callers whose change is on its way to the server. */
  served: Waiter[];
}

/** Somebody who waits for the server's acknowledgement. */
interface Waiter {
  resolve(): void;
  reject(error: unknown): void;
}

/** Answers everybody who waits on an entry, those too whose change is on its way: a dead client may never answer it. */
export function settle(entry: Wanted, error: unknown): void {
  for (const waiter of [...entry.served.splice(0), ...entry.waiters.splice(0)]) {
    // Who wanted it to end has what they wanted.
    if (error === undefined || !entry.wanted) waiter.resolve();
    else waiter.reject(error);
  }
}
