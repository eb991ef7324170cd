import { expect } from 'vitest';
import type { MatrixContext } from './over-matrix.js';

/** What a call may cost one server. */
export interface Cost {
  /** Exactly these commands, in lower case; those inside of scripts too. */
  readonly calls: Readonly<Record<string, number>>;
  /** Exactly so many commands that had to wait for one another. */
  readonly roundTrips: number;
  /** At most so many bytes to the server, and from it. */
  readonly bytesIn: number;
  readonly bytesOut: number;
}

/**
 * Expects a cost of a call, on one server: a cluster's nodes talk among themselves. It runs once before it is counted, when
 * connections are opened and scripts become known; `turn` is 0 then, and 1 when it counts.
 */
export async function expectCost(
  context: MatrixContext,
  what: string,
  act: (turn: number) => Promise<unknown>,
  cost: Cost,
): Promise<void> {
  await act(0);
  const {
    calls,
    roundTrips,
    bytesIn = Number.NaN,
    bytesOut = Number.NaN,
  } = await context.counts(() => act(1));
  expect(calls, `commands of ${what}`).toEqual(cost.calls);
  expect(roundTrips, `round trips of ${what}`).toBe(cost.roundTrips);
  expect(bytesIn, `bytes to the server for ${what}`).toBeLessThanOrEqual(cost.bytesIn);
  expect(bytesOut, `bytes from the server for ${what}`).toBeLessThanOrEqual(cost.bytesOut);
}
