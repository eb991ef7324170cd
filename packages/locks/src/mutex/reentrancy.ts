import { AsyncLocalStorage } from 'node:async_hooks';
import type { Lock } from '../lease/lock.js';

/** Knows which locks the present chain of calls runs under. */
export interface Reentrancy {
  /** The lock under which this chain runs, while it is held; as a view whose `release` leaves it to whoever acquired it. */
  current(resource: string): Lock | undefined;
  /** Runs under a lock that was just acquired. */
  run<T>(lock: Lock, act: (lock: Lock) => T): T;
}

/** Follows chains of calls through promises, timers and events, as `AsyncLocalStorage` does. */
export function createReentrancy(): Reentrancy {
  const chain = new AsyncLocalStorage<ReadonlyMap<string, Lock>>();
  return {
    current(resource) {
      const lock = chain.getStore()?.get(resource);
      return lock?.held ? nested(lock) : undefined;
    },
    run: (lock, act) =>
      chain.run(new Map([...(chain.getStore() ?? []), [lock.resource, lock]]), () => act(lock)),
  };
}

function nested(outer: Lock): Lock {
  return {
    resource: outer.resource,
    fence: outer.fence,
    get signal() {
      return outer.signal;
    },
    get held() {
      return outer.held;
    },
    get remainingMs() {
      return outer.remainingMs;
    },
    get lostBecause() {
      return outer.lostBecause;
    },
    assertHeld: () => outer.assertHeld(),
    extend: () => outer.extend(),
    release: async () => (outer.held ? 'released' : 'lost'),
    [Symbol.asyncDispose]: async () => undefined,
  };
}
