import { createManualClock, type ManualClock } from '@penknife/core';
import { createMemoryRedis, type MemoryRedis } from '@penknife/driver-memory';

/** A server that can be away, and a time for it that no machine's speed moves. */
export interface DeadServer {
  readonly redis: MemoryRedis;
  readonly clock: ManualClock;
  /**
   * Lets time pass until this is answered: what asks a server that is away waits for its deadline, and for a connection once it is
   * back.
   */
  passing<T>(asked: Promise<T>): Promise<T>;
}

/** Makes one. It starts at the machine's time, which frameworks read for themselves. */
export function deadServer(): DeadServer {
  const clock: ManualClock = createManualClock(Date.now());
  return {
    redis: createMemoryRedis({ clock }),
    clock,
    async passing(asked) {
      let answered = false;
      const done = asked.finally(() => {
        answered = true;
      });
      done.catch(() => undefined);
      while (!answered) await clock.advance(10);
      return done;
    },
  };
}
