import type { Clock } from '@penknife/core';

/**
 * What this process believes of the server's clock. It starts from the own clock and learns only when a script refused a
 * period because its TIME lay outside: so a right clock costs nothing, and a wrong one costs one more round trip, once.
 */
export interface ServerTime {
  now(): number;
  /** The server said what time it is. */
  learn(serverNowMs: number): void;
}

/** Server time as guessed from a clock. */
export function createServerTime(clock: Clock): ServerTime {
  let aheadMs = 0;
  return {
    now: () => clock.now() + aheadMs,
    learn(serverNowMs) {
      aheadMs = serverNowMs - clock.now();
    },
  };
}
